//! The `%` operator of strings and bytes.

use crate::data::builder::Builder;
use crate::data::bytes::Bytes;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::layout::Dict;
use crate::model::object::Gc;
use crate::model::printer::Style;
use crate::model::protocols::{Ints, Strs};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::field::{Field, FloatStyle, IntStyle, character, put_float, put_int};
use crate::obj::float::Floats;
use crate::obj::{float, strings};
use crate::ops::arithmetic::Arithmetic;
use crate::ops::convert::Convert;
use crate::ops::print::Print;
use crate::text::decimal::Decimal;
use crate::text::spec::{Align, number};
use crate::text::utf8;

/// `pattern % values`, where `dict` is the only value if that is a dict.
pub(crate) fn modulo(vm: &Vm, pattern: Obj, values: &[Obj], dict: Option<Gc<Dict>>) -> Res {
    let (kind, text) = strings::text(vm, pattern)?;
    let out = Builder::with_capacity(vm, text.len() + 16)?;
    Modulo { vm, text, at: 0, values, next: 0, dict, is_bytes: kind != strings::Kind::Str, out }.run()
}

/// A `%` operation under way.
struct Modulo<'a> {
    vm: &'a Vm,
    /// The pattern.
    text: &'a [u8],
    /// Where in the pattern the work is.
    at: usize,
    values: &'a [Obj],
    /// The number of the value that is taken next.
    next: usize,
    /// The value, if it is the only one and a dict.
    dict: Option<Gc<Dict>>,
    /// Whether the pattern is of bytes.
    is_bytes: bool,
    /// The result so far.
    out: Builder,
}

/// What the pattern says of a field, behind the `%` and the key.
struct Spec {
    /// The letter that ends the field.
    kind: u8,
    field: Field,
    /// The sign of numbers that are not negative, if they get one.
    sign: Option<u8>,
    /// Whether numbers get the prefix of their base.
    alternate: bool,
    precision: Option<usize>,
}

impl Spec {
    /// The field for text, which is padded with blanks.
    fn of_text(&self) -> Field {
        Field { fill: b' ', ..self.field }
    }

    /// The field for a number: zeros stand between its sign and its digits, and never behind it.
    fn of_number(&self) -> Field {
        match (self.field.fill, self.field.align) {
            (b'0', Align::Left) => self.of_text(),
            (b'0', _) => Field { align: Align::AfterSign, ..self.field },
            _ => self.field,
        }
    }
}

impl Modulo<'_> {
    fn run(mut self) -> Res {
        let vm = self.vm;
        while let Some(percent) = vm.find_bytes(&self.text[self.at..], b"%")? {
            vm.work(1)?;
            self.out.extend(vm, &self.text[self.at..self.at + percent])?;
            self.at += percent + 1;
            if self.text.get(self.at) == Some(&b'%') {
                self.out.push(vm, b'%')?;
                self.at += 1;
            } else if !self.put_plain()? {
                self.field()?;
            }
        }
        self.out.extend(vm, &self.text[self.at..])?;
        if self.dict.is_none() && self.next != self.values.len() {
            return Err(vm.type_error(format_args!("format string didn't convert all arguments")));
        }
        if self.is_bytes { self.out.into_bytes(vm) } else { self.out.into_str(vm) }
    }

    /// Adds the next value if the field is no more than `%d` or `%s`, and the value a small int or string, as most are.
    /// Else, and always where code is to be small, answers false.
    #[inline]
    fn put_plain(&mut self) -> Res<bool> {
        if cfg!(feature = "small") {
            return Ok(false);
        }
        let (Some(kind @ (b'd' | b's')), Some(value)) = (self.text.get(self.at), self.values.get(self.next)) else {
            return Ok(false);
        };
        if let Some(value) = value.as_small_int() {
            self.out.extend(self.vm, Decimal::new().format(value))?;
        } else {
            match self.vm.as_str(*value) {
                Some(text) if *kind == b's' && !self.is_bytes => self.out.extend(self.vm, text)?,
                _ => return Ok(false),
            }
        }
        self.next += 1;
        self.at += 1;
        Ok(true)
    }

    /// Adds the field behind a `%`.
    fn field(&mut self) -> Res<()> {
        let named = self.named()?;
        let spec = self.spec()?;
        let value = match named {
            Some(value) => value,
            None => self.take()?,
        };
        match spec.kind {
            b'c' => self.put_character(value, &spec)?,
            b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => self.put_int(value, &spec)?,
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                let style = FloatStyle { kind: spec.kind, precision: spec.precision, sign: spec.sign, separator: None };
                put_float(self.vm, &mut self.out, self.vm.float(value)?, spec.of_number(), style)?;
            }
            b'r' | b's' => self.put_printed(value, &spec)?,
            other => {
                let (letter, at) = (char::from(other), self.at);
                return Err(self.vm.value_error(format_args!(
                    "unsupported format character '{letter}' ({:#x}) at index {at}",
                    u32::from(other)
                )));
            }
        }
        self.at += 1;
        Ok(())
    }

    /// The value of the key in parentheses, if there is one here.
    fn named(&mut self) -> Res<Option<Obj>> {
        let (vm, rest) = (self.vm, &self.text[self.at..]);
        if rest.first() != Some(&b'(') {
            return Ok(None);
        }
        let Some(dict) = self.dict else { return Err(vm.type_error(format_args!("format needs a dict"))) };
        let Some(len) = rest.iter().position(|&byte| byte == b')') else {
            return Err(vm.value_error(format_args!("incomplete format key")));
        };
        let key = Obj::qstr(vm.intern(&rest[1..len])?);
        let value = dict.map.get(vm, key)?.ok_or_else(|| vm.key_error(key))?;
        self.next = 1;
        self.at += len + 1;
        Ok(Some(value))
    }

    /// What stands here of flags, width, precision and kind; the work is at the kind then.
    fn spec(&mut self) -> Res<Spec> {
        let mut field = Field { width: 0, fill: b' ', align: Align::Right };
        let (mut sign, mut alternate) = (None, false);
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'-' => field.align = Align::Left,
                b'+' => sign = Some(b'+'),
                b' ' => sign = sign.or(Some(b' ')),
                b'#' => alternate = true,
                b'0' => field.fill = b'0',
                _ => break,
            }
            self.at += 1;
        }
        field.width = self.number()?.unwrap_or(0).max(0) as usize;
        let mut precision = None;
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            precision = usize::try_from(self.number()?.unwrap_or(0)).ok();
        }
        match self.text.get(self.at) {
            Some(&kind) => Ok(Spec { kind, field, sign, alternate, precision }),
            None => Err(self.vm.value_error(format_args!("incomplete format"))),
        }
    }

    /// The number here, or `*` for one of the values.
    fn number(&mut self) -> Res<Option<isize>> {
        if self.text.get(self.at) == Some(&b'*') {
            self.at += 1;
            let value = self.take()?;
            return self.vm.int(value).map(Some);
        }
        Ok(number(self.text, &mut self.at).map(|number| number as isize))
    }

    /// The next value.
    fn take(&mut self) -> Res {
        let Some(&value) = self.values.get(self.next) else {
            return Err(self.vm.type_error(format_args!("format string needs more arguments")));
        };
        self.next += 1;
        Ok(value)
    }

    /// Adds a character: a string of one, or its number.
    fn put_character(&mut self, value: Obj, spec: &Spec) -> Res<()> {
        let vm = self.vm;
        let text = match self.is_bytes {
            true => vm.str_or_bytes(value),
            false => vm.as_str(value).ok_or_else(|| vm.bad_conversion(value)),
        };
        match text {
            Ok(text) if vm.count_characters(text) == 1 => spec.of_text().put(vm, &mut self.out, text),
            Ok(_) => Err(vm.type_error(format_args!("%c needs int or char"))),
            Err(raised) => {
                vm.take_exception(raised);
                if !vm.is_int_or_bool(value) {
                    return Err(vm.type_error(format_args!("integer needed")));
                }
                let (bytes, len) = character(vm, value)?;
                spec.of_text().put(vm, &mut self.out, &bytes[..len])
            }
        }
    }

    fn put_int(&mut self, value: Obj, spec: &Spec) -> Res<()> {
        let style = IntStyle::of(spec.kind, spec.alternate);
        let style = IntStyle { sign: spec.sign, digits: spec.precision.unwrap_or(0), ..style };
        let value = match float::as_float(value) {
            Some(float) if style.base == 10 => self.vm.int_of_float(float)?,
            _ => value,
        };
        put_int(self.vm, &mut self.out, value, spec.of_number(), style)
    }

    /// Adds a value as `str` or `repr` print it, cut to the precision.
    fn put_printed(&mut self, value: Obj, spec: &Spec) -> Res<()> {
        let vm = self.vm;
        let style = match spec.kind {
            b'r' => Style::Repr,
            _ if self.is_bytes && value.downcast::<Bytes>().is_some() => Style::Raw,
            _ => Style::Str,
        };
        if spec.field.width == 0 && spec.precision.is_none() {
            return vm.print(&mut self.out, value, style);
        }
        let mut printed = Builder::new();
        vm.print(&mut printed, value, style)?;
        let printed = printed.bytes();
        let end = spec.precision.and_then(|precision| utf8::offset_of(printed, precision)).unwrap_or(printed.len());
        spec.of_text().put(vm, &mut self.out, &printed[..end])
    }
}
