//! Fields of formatted text: numbers and text with padding around them, for `str.format()`, the `%` operator and
//! f-strings.

use berus_mpy::number;
use berus_mpy::number::Form;

use crate::data::builder::Builder;
use crate::model::error::{Raise, Res};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::int;
use crate::ops::convert::Convert;
use crate::text::spec::Align;
use crate::text::utf8;

/// A field: its width in characters, and how text is put into it.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) width: usize,
    pub(crate) fill: u8,
    pub(crate) align: Align,
}

impl Field {
    /// Adds `text` with padding around it.
    pub(crate) fn put(self, vm: &Vm, out: &mut Builder, text: &[u8]) -> Res<()> {
        self.put_both(vm, out, b"", text)
    }

    /// Adds `head` and `text` with padding around them.
    pub(crate) fn put_both(self, vm: &Vm, out: &mut Builder, head: &[u8], text: &[u8]) -> Res<()> {
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
pub(crate) struct IntStyle {
    pub(crate) base: u32,
    pub(crate) upper: bool,
    pub(crate) sign: Option<u8>,
    /// The prefix of the base; empty if no prefix is to be written.
    pub(crate) prefix: &'static [u8],
    pub(crate) separator: Option<u8>,
    /// The least number of digits that are written.
    pub(crate) digits: usize,
}

impl IntStyle {
    /// The style of a presentation type: `b`, `o`, `x`, `X`, or another one for decimal digits. If `alternate`, the number
    /// gets the prefix of its base.
    pub(crate) fn of(kind: u8, alternate: bool) -> IntStyle {
        let (base, prefix): (u32, &'static [u8]) = match kind {
            b'b' => (2, b"0b"),
            b'o' => (8, b"0o"),
            b'x' => (16, b"0x"),
            b'X' => (16, b"0X"),
            _ => (10, b""),
        };
        let prefix = if alternate { prefix } else { b"" };
        IntStyle { base, upper: kind == b'X', prefix, ..IntStyle::default() }
    }
}

/// Adds an int.
pub(crate) fn put_int(vm: &Vm, out: &mut Builder, object: Obj, field: Field, style: IntStyle) -> Res<()> {
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

/// `value` as `repr()` has it, in [`Form::Repr`] or [`Form::Bare`], behind `sign` if not negative.
pub(crate) fn repr(value: f64, form: Form, sign: Option<u8>) -> number::Text {
    if cfg!(feature = "python") {
        number::shortest(value, form, sign)
    } else {
        number::format(value, form, 0, sign, false)
    }
}

/// Adds `value` with `precision` digits, behind `sign` if not negative.
fn put_digits(vm: &Vm, out: &mut Builder, value: f64, form: Form, precision: usize, sign: Option<u8>) -> Res<()> {
    #[cfg(feature = "python")]
    if value.is_finite() {
        let sign = if value.is_sign_negative() { Some(b'-') } else { sign };
        sign.into_iter().try_for_each(|sign| out.push(vm, sign))?;
        return crate::obj::float::exact::put(vm, out, value, form, precision);
    }
    out.extend(vm, number::format(value, form, precision, sign, false).as_bytes())
}

/// How a float is written.
#[derive(Clone, Copy)]
pub(crate) struct FloatStyle {
    /// The form, one of `eEfFgG%`, or `r` for the form of `repr()`.
    pub(crate) kind: u8,
    pub(crate) precision: Option<usize>,
    pub(crate) sign: Option<u8>,
    pub(crate) separator: Option<u8>,
}

/// Adds a float.
pub(crate) fn put_float(vm: &Vm, out: &mut Builder, value: f64, field: Field, style: FloatStyle) -> Res<()> {
    let FloatStyle { kind, precision, sign, separator } = style;
    let (form, value) = match kind | 0x20 {
        b'r' => (Form::Repr, value),
        b'e' => (Form::Exponent, value),
        b'g' => (Form::General, value),
        _ if kind == b'%' => (Form::Fixed, value * 100.0),
        _ => (Form::Fixed, value),
    };
    let mut number = Builder::new();
    match form {
        Form::Repr => number.extend(vm, repr(value, form, sign).as_bytes())?,
        _ => put_digits(vm, &mut number, value, form, precision.unwrap_or(6), sign)?,
    }
    if kind.is_ascii_uppercase() {
        number.bytes_mut().make_ascii_uppercase();
    }
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
pub(crate) fn character(vm: &Vm, object: Obj) -> Res<([u8; 4], usize)> {
    match u32::try_from(vm.int(object)?) {
        Ok(point @ 0..0x11_0000) => Ok(utf8::encode(point)),
        _ => Err(vm.overflow_error(format_args!("char not in range(0x110000)"))),
    }
}
