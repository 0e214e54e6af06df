//! `str.format()` and the `%` operator.

use berus_mpy::number;
use berus_mpy::number::Form;

use crate::data::builder::Builder;
use crate::data::bytes::Bytes;
use crate::model::args::Args;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Poll;
use crate::model::layout::Dict;
use crate::model::object::Gc;
use crate::model::printer::Style;
use crate::model::protocols::{Classes, Ints, Strs};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::float::Floats;
use crate::obj::str::print_escape;
use crate::obj::{float, int, strings};
use crate::ops::arithmetic::Arithmetic;
use crate::ops::convert::Convert;
use crate::ops::print::Print;
use crate::text::spec::{Align, Spec, number};
use crate::text::utf8;

/// A field: its width in characters, and how text is put into it.
#[derive(Clone, Copy)]
struct Field {
    width: usize,
    fill: u8,
    align: Align,
}

impl Field {
    /// Adds `text` with padding around it.
    fn put(self, vm: &Vm, out: &mut Builder, text: &[u8]) -> Res<()> {
        self.put_both(vm, out, b"", text)
    }

    /// Adds `head` and `text` with padding around them.
    fn put_both(self, vm: &Vm, out: &mut Builder, head: &[u8], text: &[u8]) -> Res<()> {
        let padding = match self.width {
            0 => 0,
            width => width.saturating_sub(utf8::count(head) + vm.count_characters(text)),
        };
        let before = match self.align {
            Align::Left => 0,
            Align::Centre => padding / 2,
            Align::Right | Align::AfterSign => padding,
        };
        out.reserve(vm, padding.saturating_add(head.len()).saturating_add(text.len()))?;
        if before > 0 {
            out.fill(vm, self.fill, before)?;
        }
        out.extend(vm, head)?;
        out.extend(vm, text)?;
        if padding > before { out.fill(vm, self.fill, padding - before) } else { Ok(()) }
    }

    /// Adds a number: its sign and prefix, then its digits. Zeros between the two are grouped as the digits are.
    fn put_number(self, vm: &Vm, out: &mut Builder, head: &[u8], digits: &[u8], group: Option<(u8, usize)>) -> Res<()> {
        if self.align != Align::AfterSign {
            return self.put_both(vm, out, head, digits);
        }
        out.extend(vm, head)?;
        let mut padding = self.width.saturating_sub(head.len() + digits.len());
        out.reserve(vm, padding.saturating_add(digits.len()).saturating_add(1))?;
        match group.filter(|_| self.fill == b'0') {
            Some((separator, size)) => {
                // A separator never comes first: one more zero does.
                if padding > 0 && (padding + digits.len()).is_multiple_of(size + 1) {
                    padding += 1;
                }
                for left in (digits.len()..digits.len() + padding).rev() {
                    out.push(vm, if left % (size + 1) == size { separator } else { b'0' })?;
                }
            }
            None => out.fill(vm, self.fill, padding)?,
        }
        out.extend(vm, digits)
    }
}

/// How an integer is written.
#[derive(Clone, Copy, Default)]
struct IntStyle {
    base: u32,
    upper: bool,
    sign: Option<u8>,
    /// The prefix of the base; empty if no prefix is to be written.
    prefix: &'static [u8],
    separator: Option<u8>,
    /// The least number of digits that are written.
    digits: usize,
}

fn put_int(vm: &Vm, out: &mut Builder, object: Obj, field: Field, style: IntStyle) -> Res<()> {
    let mut text = Builder::new();
    int::digits(vm, object, style.base, style.upper, style.separator, &mut text)?;
    let (negative, digits) = match text.bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let mut head = [0; 3];
    let mut len = 0;
    for byte in if negative { Some(b'-') } else { style.sign }.iter().chain(style.prefix) {
        head[len] = *byte;
        len += 1;
    }
    if style.digits > digits.len() {
        let mut longer = Builder::new();
        longer.fill(vm, b'0', style.digits - digits.len())?;
        longer.extend(vm, digits)?;
        return field.put_number(vm, out, &head[..len], longer.bytes(), None);
    }
    let group = style.separator.map(|separator| (separator, if style.base == 10 { 3 } else { 4 }));
    field.put_number(vm, out, &head[..len], digits, group)
}

/// How a float is written.
#[derive(Clone, Copy)]
struct FloatStyle {
    /// The form, one of `eEfFgG%`, or `r` for the form of `repr()`.
    kind: u8,
    precision: Option<usize>,
    sign: Option<u8>,
    separator: Option<u8>,
}

/// Adds a float.
fn put_float(vm: &Vm, out: &mut Builder, value: f64, field: Field, style: FloatStyle) -> Res<()> {
    let FloatStyle { kind, precision, sign, separator } = style;
    let (form, value) = match kind | 0x20 {
        b'r' => (Form::Repr, value),
        b'e' => (Form::Exponent, value),
        b'g' => (Form::General, value),
        _ if kind == b'%' => (Form::Fixed, value * 100.0),
        _ => (Form::Fixed, value),
    };
    let text = number::format(value, form, precision.unwrap_or(6), sign, kind.is_ascii_uppercase());
    let mut number = Builder::new();
    number.extend(vm, text.as_bytes())?;
    if kind == b'%' {
        number.push(vm, b'%')?;
    }
    let signs = usize::from(number.bytes().first().is_some_and(|byte| b"+- ".contains(byte)));
    let (head, digits) = number.bytes().split_at(signs);
    let Some(separator) = separator else { return field.put_number(vm, out, head, digits, None) };
    // The digits before the point are grouped, and the zeros that fill the field before these digits.
    let whole = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut grouped = Builder::new();
    for (at, &digit) in digits[..whole].iter().enumerate() {
        if at > 0 && (whole - at).is_multiple_of(3) {
            grouped.push(vm, separator)?;
        }
        grouped.push(vm, digit)?;
    }
    let rest = &digits[whole..];
    if field.align == Align::AfterSign && whole > 0 {
        let field = Field { width: field.width.saturating_sub(rest.len()), ..field };
        field.put_number(vm, out, head, grouped.bytes(), Some((separator, 3)))?;
        return out.extend(vm, rest);
    }
    grouped.extend(vm, rest)?;
    field.put_number(vm, out, head, grouped.bytes(), None)
}

/// The character with number `object`, for `%c` and `{:c}`.
fn character(vm: &Vm, object: Obj) -> Res<([u8; 4], usize)> {
    match u32::try_from(vm.int(object)?) {
        Ok(point @ 0..0x11_0000) => Ok(utf8::encode(point)),
        _ => Err(vm.overflow_error(format_args!("char not in range(0x110000)"))),
    }
}

/// Formats `object` by a specification, as `format(object, spec)` does.
///
/// # Errors
/// `ValueError` for a specification that is none, or does not suit the object; whatever converting the object raises.
pub fn format_value(vm: &Vm, out: &mut Builder, object: Obj, spec: &[u8]) -> Res<()> {
    let Some(spec) = Spec::parse(spec) else {
        return Err(vm.value_error(format_args!("invalid format specifier")));
    };
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
        let (base, prefix): (u32, &'static [u8]) = match spec.kind {
            None | Some(b'n' | b'd') => (10, b""),
            Some(b'b') => (2, b"0b"),
            Some(b'o') => (8, b"0o"),
            Some(b'x') => (16, b"0x"),
            Some(b'X') => (16, b"0X"),
            Some(b'c') => {
                let (bytes, len) = character(vm, object)?;
                return field.put(vm, out, &bytes[..len]);
            }
            _ => (0, b""),
        };
        if base > 0 {
            let prefix = if spec.alternate { prefix } else { b"" };
            let upper = spec.kind == Some(b'X');
            let style = IntStyle { base, upper, sign: spec.sign, prefix, separator: spec.separator, digits: 0 };
            return put_int(vm, out, object, field, style);
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
    /// The number of the next argument; `None` once an argument was chosen by its number.
    next: Option<usize>,
}

impl Values<'_> {
    fn number(&self, vm: &Vm, index: usize) -> Res {
        match self.args.pos()[1..].get(index) {
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
                let found = self.args.kw().find(|(name, _)| vm.as_str(*name) == Some(key));
                match found {
                    Some((_, value)) => value,
                    None => return Err(vm.key_error(vm.new_str(key)?)),
                }
            }
        };
        if end < name.len() {
            return Err(vm.not_implemented(format_args!("attributes not supported")));
        }
        Ok(value)
    }
}

pub(crate) fn format(vm: &Vm, args: Args<'_>) -> Res {
    let (kind, text) = strings::text(vm, args.pos()[0])?;
    let mut values = Values { args, next: Some(0) };
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
    if spec.is_empty() && conversion.is_none() {
        conversion = Some(Style::Str);
    }
    if is_ascii {
        (value, conversion) = (ascii(vm, value)?, Some(Style::Str));
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

/// What `!a` makes of a value in CPython: its `repr` with escapes for the characters that are not ASCII.
fn ascii(vm: &Vm, value: Obj) -> Res {
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

/// The values of a `%` operation.
struct Operands<'a> {
    values: &'a [Obj],
    next: usize,
}

impl Operands<'_> {
    fn take(&mut self, vm: &Vm) -> Res {
        let Some(&value) = self.values.get(self.next) else {
            return Err(vm.type_error(format_args!("format string needs more arguments")));
        };
        self.next += 1;
        Ok(value)
    }

    /// A number in the text, without a sign, or the next of the values where the text has `*`.
    fn number(&mut self, vm: &Vm, text: &[u8], at: &mut usize) -> Res<Option<isize>> {
        if text.get(*at) == Some(&b'*') {
            *at += 1;
            let value = self.take(vm)?;
            return vm.int(value).map(Some);
        }
        Ok(number(text, at).map(|number| number as isize))
    }
}

/// `pattern % values`, where `dict` is the only value, if it is a dict.
pub(crate) fn modulo(vm: &Vm, pattern: Obj, values: &[Obj], dict: Option<Gc<Dict>>) -> Res {
    let (kind, text) = strings::text(vm, pattern)?;
    let is_bytes = kind != strings::Kind::Str;
    let mut operands = Operands { values, next: 0 };
    let mut out = Builder::with_capacity(vm, text.len() + 16)?;
    let mut at = 0;
    while let Some(percent) = vm.find_bytes(&text[at..], b"%")? {
        vm.work(1)?;
        out.extend(vm, &text[at..at + percent])?;
        at += percent + 1;
        if text.get(at) == Some(&b'%') {
            out.push(vm, b'%')?;
            at += 1;
            continue;
        }
        if put_plain(vm, &mut out, text.get(at), operands.values.get(operands.next), is_bytes)? {
            operands.next += 1;
            at += 1;
        } else {
            at = modulo_field(vm, &mut out, text, at, &mut operands, dict, is_bytes)?;
        }
    }
    out.extend(vm, &text[at..])?;
    if dict.is_none() && operands.next != values.len() {
        return Err(vm.type_error(format_args!("format string didn't convert all arguments")));
    }
    if is_bytes { out.into_bytes(vm) } else { out.into_str(vm) }
}

/// Adds `value` if the field is no more than `%d` or `%s`, and the value a small int or string, as most fields and
/// values are. Else answers `false`.
#[inline]
fn put_plain(vm: &Vm, out: &mut Builder, kind: Option<&u8>, value: Option<&Obj>, is_bytes: bool) -> Res<bool> {
    let (Some(kind @ (b'd' | b's')), Some(value)) = (kind, value) else { return Ok(false) };
    if let Some(value) = value.as_small_int() {
        out.extend(vm, itoa::Buffer::new().format(value).as_bytes())?;
        return Ok(true);
    }
    match vm.as_str(*value) {
        Some(text) if *kind == b's' && !is_bytes => out.extend(vm, text).map(|()| true),
        _ => Ok(false),
    }
}

/// Formats the field behind the `%` before `at`; answers where the field ends.
fn modulo_field(
    vm: &Vm,
    out: &mut Builder,
    text: &[u8],
    mut at: usize,
    operands: &mut Operands<'_>,
    dict: Option<Gc<Dict>>,
    is_bytes: bool,
) -> Res<usize> {
    let mut value = None;
    if text.get(at) == Some(&b'(') {
        let Some(dict) = dict else { return Err(vm.type_error(format_args!("format needs a dict"))) };
        let Some(len) = text[at..].iter().position(|&byte| byte == b')') else {
            return Err(vm.value_error(format_args!("incomplete format key")));
        };
        let key = Obj::qstr(vm.intern(&text[at + 1..at + len])?);
        value = match dict.map.get(vm, key)? {
            Some(value) => Some(value),
            None => return Err(vm.key_error(key)),
        };
        operands.next = 1;
        at += len + 1;
    }
    let mut field = Field { width: 0, fill: b' ', align: Align::Right };
    let (mut sign, mut alternate) = (None, false);
    while let Some(byte) = text.get(at) {
        match byte {
            b'-' => field.align = Align::Left,
            b'+' => sign = Some(b'+'),
            b' ' if sign.is_none() => sign = Some(b' '),
            b' ' => {}
            b'#' => alternate = true,
            b'0' => field.fill = b'0',
            _ => break,
        }
        at += 1;
    }
    field.width = operands.number(vm, text, &mut at)?.unwrap_or(0).max(0) as usize;
    let mut precision = None;
    if text.get(at) == Some(&b'.') {
        at += 1;
        precision =
            Some(operands.number(vm, text, &mut at)?.unwrap_or(0)).and_then(|number| usize::try_from(number).ok());
    }
    let Some(&kind) = text.get(at) else { return Err(vm.value_error(format_args!("incomplete format"))) };
    let value = match value {
        Some(value) => value,
        None => operands.take(vm)?,
    };
    let text_field = Field { fill: b' ', ..field };
    let mut number_field = field;
    if field.fill == b'0' {
        if field.align == Align::Left {
            number_field.fill = b' ';
        } else {
            number_field.align = Align::AfterSign;
        }
    }
    match kind {
        b'c' => match if is_bytes {
            vm.str_or_bytes(value)
        } else {
            vm.as_str(value).ok_or_else(|| vm.bad_conversion(value))
        } {
            Ok(text) if vm.count_characters(text) == 1 => text_field.put(vm, out, text)?,
            Ok(_) => return Err(vm.type_error(format_args!("%c needs int or char"))),
            Err(raised) => {
                vm.take_exception(raised);
                if !vm.is_int_or_bool(value) {
                    return Err(vm.type_error(format_args!("integer needed")));
                }
                let (bytes, len) = character(vm, value)?;
                text_field.put(vm, out, &bytes[..len])?;
            }
        },
        b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => {
            let value = match float::as_float(value) {
                Some(float) if matches!(kind, b'd' | b'i' | b'u') => vm.int_of_float(float)?,
                _ => value,
            };
            let (base, prefix): (u32, &'static [u8]) = match kind {
                b'o' => (8, b"0o"),
                b'x' => (16, b"0x"),
                b'X' => (16, b"0X"),
                _ => (10, b""),
            };
            let digits = precision.unwrap_or(0);
            let prefix = if alternate { prefix } else { b"" };
            let style = IntStyle { base, upper: kind == b'X', sign, prefix, separator: None, digits };
            put_int(vm, out, value, number_field, style)?;
        }
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
            let value = vm.float(value)?;
            put_float(vm, out, value, number_field, FloatStyle { kind, precision, sign, separator: None })?;
        }
        b'r' | b's' => {
            let style = match kind {
                b'r' => Style::Repr,
                _ if is_bytes && value.downcast::<Bytes>().is_some() => Style::Raw,
                _ => Style::Str,
            };
            if field.width == 0 && precision.is_none() {
                vm.print(out, value, style)?;
                return Ok(at + 1);
            }
            let mut printed = Builder::new();
            vm.print(&mut printed, value, style)?;
            let printed = printed.bytes();
            let end = precision.and_then(|precision| utf8::offset_of(printed, precision)).unwrap_or(printed.len());
            text_field.put(vm, out, &printed[..end])?;
        }
        other => {
            let letter = char::from(other);
            return Err(vm.value_error(format_args!(
                "unsupported format character '{letter}' ({:#x}) at index {at}",
                u32::from(other)
            )));
        }
    }
    Ok(at + 1)
}
