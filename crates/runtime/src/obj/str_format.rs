//! `str.format()` and the format of a value.

use crate::data::builder::Builder;
#[cfg(feature = "python")]
use crate::data::class;
use crate::data::instance::{Instance, NativeBase};
use crate::model::args::Args;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Poll;
use crate::model::printer::Style;
#[cfg(feature = "python")]
use crate::model::protocols::Ints;
use crate::model::protocols::{Classes, Strs};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::field::{Field, FloatStyle, IntStyle, character, put_float, put_int};
use crate::obj::float::Floats;
use crate::obj::str::print_escape;
use crate::obj::{float, strings};
use crate::ops::arithmetic::Arithmetic;
#[cfg(feature = "python")]
use crate::ops::attr::{Attributes, call_special};
use crate::ops::print::Print;
use crate::ops::subscr::Subscripts;
use crate::text::spec::{Align, Spec, number};
use crate::text::utf8;

/// Formats `object` by a specification, as `format(object, spec)` does.
///
/// # Errors
/// `ValueError` for a specification that is none, or does not suit the object; whatever converting the object raises.
pub fn format_value(vm: &Vm, out: &mut Builder, object: Obj, spec: &[u8]) -> Res<()> {
    let Some(spec) = Spec::parse(spec) else {
        return Err(vm.value_error(format_args!("invalid format specifier")));
    };
    // An instance of a class that derives from a number or string is formatted as that.
    let object = if cfg!(feature = "python") { vm.native_base(object).unwrap_or(object) } else { object };
    let is_int = vm.is_int_or_bool(object);
    let is_number = is_int || float::as_float(object).is_some();
    let default = if is_number { Align::Right } else { Align::Left };
    let align = match spec.align {
        None if spec.zero && is_number => Align::AfterSign,
        align => align.unwrap_or(default),
    };
    let fill = spec.fill.unwrap_or(if spec.zero { b'0' } else { b' ' });
    let field = Field { width: spec.width, fill, align };
    match spec.kind {
        Some(b's') if spec.sign.is_some() => {
            return Err(vm.value_error(format_args!("sign not allowed in string format specifier")));
        }
        Some(b'c') if spec.sign.is_some() => {
            return Err(vm.value_error(format_args!("sign not allowed with integer format specifier 'c'")));
        }
        _ => {}
    }
    if is_int {
        match spec.kind.unwrap_or(b'd') {
            b'c' => {
                let (bytes, len) = character(vm, object)?;
                return field.put(vm, out, &bytes[..len]);
            }
            kind @ (b'n' | b'd' | b'b' | b'o' | b'x' | b'X') => {
                let style = IntStyle::of(kind, spec.alternate);
                if cfg!(feature = "python") && spec.separator == Some(b',') && style.base != 10 {
                    let kind = char::from(kind);
                    return Err(vm.value_error(format_args!("Cannot specify ',' with '{kind}'.")));
                }
                let style = IntStyle { sign: spec.sign, separator: spec.separator, ..style };
                return put_int(vm, out, object, field, style);
            }
            _ => {}
        }
    }
    if is_number {
        let kind = match spec.kind {
            None if spec.precision.is_none() => b'r',
            None | Some(b'n') => b'g',
            Some(kind) => kind,
        };
        if !b"reEfFgG%".contains(&kind) {
            return Err(unknown_code(vm, kind, object));
        }
        let value = vm.float(object)?;
        let style = FloatStyle { kind, precision: spec.precision, sign: spec.sign, separator: spec.separator };
        return put_float(vm, out, value, field, style);
    }
    if align == Align::AfterSign {
        return Err(vm.value_error(format_args!("'=' alignment not allowed in string format specifier")));
    }
    match spec.kind {
        None | Some(b's') => {
            let text = vm.str_or_bytes(object)?;
            if vm.as_str(object).is_none() {
                vm.new_str_checked(text)?;
            }
            let end = spec.precision.and_then(|precision| utf8::offset_of(text, precision)).unwrap_or(text.len());
            field.put(vm, out, &text[..end])
        }
        Some(_) if cfg!(feature = "python") && vm.as_str_or_bytes(object).is_none() => {
            let name = vm.type_name(object);
            Err(vm.type_error(format_args!("unsupported format string passed to {name}.__format__")))
        }
        Some(kind) => Err(unknown_code(vm, kind, object)),
    }
}

fn unknown_code(vm: &Vm, kind: u8, object: Obj) -> Raised {
    let (kind, name) = (char::from(kind), vm.type_name(object));
    vm.value_error(format_args!("unknown format code '{kind}' for object of type '{name}'"))
}

/// The arguments of a call of `format()`, and how many of them were used without a number or name.
struct Values<'a> {
    args: Args<'a>,
    /// Where names are looked up in place of the keywords.
    mapping: Option<Obj>,
    /// The number of the next argument; `None` once an argument was chosen by its number.
    next: Option<usize>,
}

impl Values<'_> {
    fn number(&self, vm: &Vm, index: usize) -> Res {
        match self.args.pos().get(index + 1) {
            Some(&value) => Ok(value),
            None => Err(vm.index_error(format_args!("tuple index out of range"))),
        }
    }

    /// The value of the field named `name`.
    fn get(&mut self, vm: &Vm, name: &[u8]) -> Res {
        let end = name.iter().position(|byte| b".[".contains(byte)).unwrap_or(name.len());
        let value = match name.first() {
            None => {
                let Some(index) = self.next else {
                    return Err(vm.value_error(format_args!(
                        "can't switch from manual field specification to automatic field numbering"
                    )));
                };
                self.next = Some(index + 1);
                return self.number(vm, index);
            }
            Some(b'0'..=b'9') => {
                if self.next.is_some_and(|next| next > 0) {
                    return Err(vm.value_error(format_args!(
                        "can't switch from automatic field numbering to manual field specification"
                    )));
                }
                self.next = None;
                let mut at = 0;
                let value = self.number(vm, number(name, &mut at).unwrap_or(0))?;
                if at < end {
                    return Err(vm.not_implemented(format_args!("attributes not supported")));
                }
                value
            }
            Some(_) => {
                let key = &name[..end];
                if cfg!(feature = "python")
                    && let Some(mapping) = self.mapping
                {
                    let value = vm.load_subscr(mapping, vm.new_str(key)?)?;
                    return part_of(vm, value, &name[end..]);
                }
                let found = self.args.kw().find(|(name, _)| vm.as_str(*name) == Some(key));
                match found {
                    Some((_, value)) => value,
                    None => return Err(vm.key_error(vm.new_str(key)?)),
                }
            }
        };
        part_of(vm, value, &name[end..])
    }
}

/// What a field names of `value`: its attributes and items, one after another.
#[cfg(feature = "python")]
fn part_of(vm: &Vm, mut value: Obj, mut rest: &[u8]) -> Res {
    while let Some((&first, behind)) = rest.split_first() {
        vm.work(1)?;
        let end = behind.iter().position(|byte| if first == b'[' { *byte == b']' } else { b".[".contains(byte) });
        let end = match end {
            None if first == b'[' => return Err(vm.value_error(format_args!("expected '}}' before end of string"))),
            end => end.unwrap_or(behind.len()),
        };
        let name = &behind[..end];
        if name.is_empty() {
            return Err(vm.value_error(format_args!("empty attribute in format string")));
        }
        if first == b'[' {
            let mut at = 0;
            let index = match number(name, &mut at) {
                Some(index) if at == name.len() => vm.new_uint(index)?,
                _ => vm.new_str(name)?,
            };
            value = vm.load_subscr(value, index)?;
            rest = &behind[end + 1..];
            if !matches!(rest.first(), None | Some(b'.' | b'[')) {
                let message = format_args!("only '.' or '[' may follow ']' in format field specifier");
                return Err(vm.value_error(message));
            }
        } else {
            value = vm.load_attr(value, vm.to_name(vm.new_str(name)?)?)?;
            rest = &behind[end..];
        }
    }
    Ok(value)
}

#[cfg(not(feature = "python"))]
fn part_of(vm: &Vm, value: Obj, rest: &[u8]) -> Res {
    if !rest.is_empty() {
        return Err(vm.not_implemented(format_args!("attributes not supported")));
    }
    Ok(value)
}

pub(crate) fn format(vm: &Vm, args: Args<'_>) -> Res {
    format_by(vm, args.pos()[0], args, None)
}

/// Formats the text `pattern` with the arguments `args`, or with names from `mapping`.
pub(crate) fn format_by(vm: &Vm, pattern: Obj, args: Args<'_>, mapping: Option<Obj>) -> Res {
    let (kind, text) = strings::text(vm, pattern)?;
    let mut values = Values { args, mapping, next: Some(0) };
    let out = format_text(vm, text, &mut values)?;
    if kind == strings::Kind::Str { out.into_str(vm) } else { out.into_bytes(vm) }
}

fn format_text(vm: &Vm, text: &[u8], values: &mut Values<'_>) -> Res<Builder> {
    vm.check_depth()?;
    let mut out = Builder::with_capacity(vm, text.len() + 16)?;
    let mut rest = text;
    while let Some(at) = vm.position(rest, |byte| matches!(byte, b'{' | b'}'))? {
        vm.work(1)?;
        out.extend(vm, &rest[..at])?;
        let brace = rest[at];
        rest = &rest[at + 1..];
        if rest.first() == Some(&brace) {
            out.push(vm, brace)?;
            rest = &rest[1..];
        } else if brace == b'}' {
            return Err(vm.value_error(format_args!("single '}}' encountered in format string")));
        } else {
            rest = format_field(vm, &mut out, rest, values)?;
        }
    }
    out.extend(vm, rest)?;
    Ok(out)
}

/// Formats the field whose text starts with `text`; answers the text behind the field.
fn format_field<'a>(vm: &Vm, out: &mut Builder, text: &'a [u8], values: &mut Values<'_>) -> Res<&'a [u8]> {
    let end = vm.position(text, |byte| matches!(byte, b'}' | b'!' | b':'))?.unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut conversion = None;
    let is_ascii = rest.starts_with(b"!a");
    if let [b'!', after @ ..] = rest {
        conversion = match after.first() {
            Some(b'r' | b'a') => Some(Style::Repr),
            Some(b's') => Some(Style::Str),
            Some(&other) => {
                let other = char::from(other);
                return Err(vm.value_error(format_args!("unknown conversion specifier {other}")));
            }
            None => {
                let message = format_args!("end of format while looking for conversion specifier");
                return Err(vm.value_error(message));
            }
        };
        rest = &after[1..];
    }
    let mut spec: &[u8] = b"";
    if let [b':', after @ ..] = rest {
        let depth = core::cell::Cell::new(1);
        let end = vm.position(after, |byte| {
            depth.set(match byte {
                b'{' => depth.get() + 1,
                b'}' => depth.get() - 1,
                _ => depth.get(),
            });
            depth.get() == 0
        })?;
        let end = end.unwrap_or(after.len());
        spec = &after[..end];
        rest = &after[end..];
    }
    match rest.first() {
        Some(b'}') => {}
        Some(_) => return Err(vm.value_error(format_args!("expected ':' after format specifier"))),
        None => return Err(vm.value_error(format_args!("unmatched '{{' in format"))),
    }
    let mut value = values.get(vm, name)?;
    let has_conversion = conversion.is_some();
    if spec.is_empty() && conversion.is_none() {
        conversion = Some(Style::Str);
    }
    if is_ascii {
        (value, conversion) = (ascii(vm, value)?, Some(Style::Str));
    }
    if cfg!(feature = "python") && conversion.is_none_or(|style| style == Style::Str) && Instance::of(value).is_some() {
        // A class may have a method for it, which conversions leave out.
        let nested;
        let mut spec = spec;
        if spec.contains(&b'{') {
            nested = format_text(vm, spec, values)?;
            spec = nested.bytes();
        }
        if !has_conversion && let Some(text) = by_method(vm, value, spec)? {
            out.extend(vm, vm.str_or_bytes(text)?)?;
            return Ok(&rest[1..]);
        }
    }
    if let Some(style) = conversion {
        if spec.is_empty() {
            vm.print(out, value, style)?;
            return Ok(&rest[1..]);
        }
        value = vm.printed(value, style)?;
    }
    if spec.contains(&b'{') {
        let spec = format_text(vm, spec, values)?;
        format_value(vm, out, value, spec.bytes())?;
    } else {
        format_value(vm, out, value, spec)?;
    }
    Ok(&rest[1..])
}

/// What the method `__format__` of an instance makes of it; `None` if its class has no such method.
#[cfg(feature = "python")]
pub(crate) fn by_method(vm: &Vm, object: Obj, spec: &[u8]) -> Res<Option<Obj>> {
    if Instance::of(object).is_none() || class::find(vm, vm.type_of(object), crate::q!("__format__")).is_none() {
        return Ok(None);
    }
    let Some(text) = call_special(vm, object, crate::q!("__format__"), &[vm.new_str(spec)?])? else { return Ok(None) };
    if vm.as_str(text).is_none() {
        let name = vm.type_name(text);
        return Err(vm.type_error(format_args!("__format__ must return a str, not {name}")));
    }
    Ok(Some(text))
}

#[cfg(not(feature = "python"))]
pub(crate) fn by_method(_: &Vm, _: Obj, _: &[u8]) -> Res<Option<Obj>> {
    Ok(None)
}

/// What `!a` and `ascii()` make of a value in CPython: its `repr` with escapes for the characters that are not ASCII.
pub(crate) fn ascii(vm: &Vm, value: Obj) -> Res {
    let shown = vm.text(value, Style::Repr)?;
    let text = shown.bytes();
    let mut out = Builder::with_capacity(vm, text.len())?;
    let mut at = 0;
    while at < text.len() {
        vm.work(1)?;
        let width = utf8::width_at(text, at);
        if width == 1 {
            out.push(vm, text[at])?;
        } else {
            print_escape(vm, &mut out, utf8::decode_at(text, at))?;
        }
        at += width;
    }
    shown.discard(vm);
    out.into_str(vm)
}
