//! Floats to text with the fewest digits, as CPython's `repr()` has them.

use core::fmt;
use core::fmt::Write;

use super::format::{Form, format, push_exponent};
use super::parse::parse_float;
use super::text::Text;

/// From this power of ten of the first digit on, and below the other, an exponent is written.
const EXPONENT_FROM: i32 = 16;
const EXPONENT_BELOW: i32 = -4;

/// So many digits no float needs more than.
const MANY: usize = 17;

/// `value` in [`Form::Repr`] or [`Form::Bare`], with the fewest digits that read back as the same number, and of such
/// texts the nearest. [`format`] begins to look with 16 digits, as MicroPython does. A text that only exact arithmetic
/// reads back, and [`parse_float`] does not, is that of [`format`], and so is one that exact arithmetic would not read back
/// and has fewer digits: literals are read with rounding of their own.
///
/// ```
/// use berus_mpy::number::{Form, format, shortest};
/// assert_eq!(shortest(5e-324, Form::Repr, None).as_str(), "5e-324");
/// assert_eq!(shortest(2.0_f64.powi(-44), Form::Repr, None).as_str(), "5.684341886080802e-14");
/// assert_eq!(format(2.0_f64.powi(-44), Form::Repr, 0, None, false).as_str(), "5.6843418860808015e-14");
/// assert_eq!(shortest(-3.0, Form::Bare, None).as_str(), "-3");
/// ```
pub fn shortest(value: f64, form: Form, sign: Option<u8>) -> Text {
    let formatted = || format(value, form, 0, sign, false);
    let mut digits = Digits::default();
    if !value.is_finite() || write!(digits, "{:e}", value.abs()).is_err() {
        return formatted();
    }
    let text = lay_out(&digits, form);
    if parse_float(text.as_bytes()).is_none_or(|(read, _)| read != value.abs()) {
        return formatted();
    }
    let text = text.signed(if value.is_sign_negative() { Some(b'-') } else { sign });
    if digits.len < MANY {
        return text;
    }
    let other = formatted();
    if other.as_bytes().len() < text.as_bytes().len() { other } else { text }
}

fn lay_out(digits: &Digits, form: Form) -> Text {
    let mut text = Text::new();
    let (digits, exponent) = digits.parts();
    if !(EXPONENT_BELOW..EXPONENT_FROM).contains(&exponent) {
        let (first, rest) = digits.split_at(1);
        text.push_all(first);
        if !rest.is_empty() {
            text.push(b'.');
            text.push_all(rest);
        }
        push_exponent(&mut text, exponent);
        return text;
    }
    let whole = usize::try_from(exponent + 1).unwrap_or(0);
    if whole == 0 {
        text.push_all(b"0.");
        (exponent..-1).for_each(|_| text.push(b'0'));
        text.push_all(digits);
        return text;
    }
    let (before, behind) = digits.split_at(whole.min(digits.len()));
    text.push_all(before);
    (before.len()..whole).for_each(|_| text.push(b'0'));
    match behind {
        [] if form == Form::Repr => text.push_all(b".0"),
        [] => {}
        _ => {
            text.push(b'.');
            text.push_all(behind);
        }
    }
    text
}

/// A float as Rust writes it: a digit, a point and more digits or neither, `e`, and the power of ten of the first digit.
#[derive(Default)]
struct Digits {
    /// The digits without the point.
    bytes: [u8; 20],
    len: usize,
    exponent: i32,
    is_exponent: bool,
    is_negative: bool,
}

impl Digits {
    fn parts(&self) -> (&[u8], i32) {
        let exponent = if self.is_negative { -self.exponent } else { self.exponent };
        (self.bytes.get(..self.len).unwrap_or_default(), exponent)
    }
}

impl Write for Digits {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        for byte in part.bytes() {
            match byte {
                b'.' => {}
                b'e' => self.is_exponent = true,
                b'-' => self.is_negative = true,
                digit if self.is_exponent => self.exponent = self.exponent * 10 + i32::from(digit - b'0'),
                digit => {
                    *self.bytes.get_mut(self.len).ok_or(fmt::Error)? = digit;
                    self.len += 1;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    #[test]
    fn texts_are_those_of_python() {
        for (value, repr) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (100.0, "100.0"),
            (0.1, "0.1"),
            (0.1 + 0.2, "0.30000000000000004"),
            (0.0001, "0.0001"),
            (0.000123, "0.000123"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.25e100, "1.25e+100"),
            (123456.789, "123456.789"),
            (9007199254740993.0, "9007199254740992.0"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (5e-324, "5e-324"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(shortest(value, Form::Repr, None).as_str(), repr);
        }
        assert_eq!(shortest(2.0, Form::Bare, Some(b'+')).as_str(), "+2");
        assert_eq!(shortest(f64::NAN, Form::Bare, Some(b'+')).as_str(), "+nan");
        assert_eq!(shortest(0.5, Form::Bare, Some(b'+')).as_str(), "+0.5");
    }

    #[test]
    fn texts_read_back_and_are_no_longer_than_others() {
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..20_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let value = f64::from_bits(bits ^ bits >> 29);
            if !value.is_finite() {
                continue;
            }
            let text = shortest(value, Form::Repr, None).to_string();
            let magnitude = text.trim_start_matches('-');
            assert_eq!(parse_float(magnitude.as_bytes()), Some((value.abs(), magnitude.len())), "{text}");
            let others = super::format(value, Form::Repr, 0, None, false).to_string();
            assert!(text.len() <= others.len(), "{}", format!("{text} {others}"));
        }
    }
}
