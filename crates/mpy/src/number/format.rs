//! Floats to text (`py/formatfloat.c`).

use super::extended::Extended;
use super::parse::parse_float;
use super::text::Text;

/// How a float is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As `repr()` does: with the fewest digits, from 16 on, that read back as the same number. The precision means
    /// nothing.
    Repr,
    /// As `repr()`, but whole numbers without `.0`.
    Bare,
    /// `e`: one digit, point, digits, exponent. The precision counts the digits after the point.
    Exponent,
    /// `f`: digits, point, digits. The precision counts the digits after the point.
    Fixed,
    /// `g`: as `f` or `e`, without zeros at the end. The precision counts all digits.
    General,
}

/// The room that MicroPython has for a float's text.
const ROOM: i32 = 33;

/// The digits with which the search for the shortest text begins; [`MAX_DIGITS`] is the most that are ever made.
const SAFE_DIGITS: i32 = 16;
const MAX_DIGITS: i32 = 19;

/// The place of a decimal point that has been written already: beyond all digits.
const NO_POINT: i32 = 255;

/// `value` in a form, with `precision` digits. `sign` stands before a number that is not negative. Letters are in upper
/// case with `upper`.
///
/// ```
/// use berus_mpy::number::{Form, format};
/// assert_eq!(format(0.1, Form::Repr, 0, None, false).as_str(), "0.1");
/// assert_eq!(format(1e16, Form::Repr, 0, None, false).as_str(), "1e+16");
/// assert_eq!(format(-3.0, Form::Repr, 0, None, false).as_str(), "-3.0");
/// assert_eq!(format(2.5, Form::Fixed, 0, Some(b'+'), false).as_str(), "+3");
/// ```
pub fn format(value: f64, form: Form, precision: usize, sign: Option<u8>, upper: bool) -> Text {
    format_from(decimal_exponent(value.abs()), value, form, precision, sign, upper)
}

/// `value` as mpy-cross writes constants, in [`Form::Repr`] or [`Form::Bare`]: as [`format`] has it, but for denormal
/// numbers, whose first digit may be a zero.
///
/// ```
/// use berus_mpy::number::{Form, constant, format};
/// assert_eq!(constant(1e-323, Form::Repr).as_str(), "0.988131291682493e-323");
/// assert_eq!(format(1e-323, Form::Repr, 0, None, false).as_str(), "9.881312916824931e-324");
/// ```
pub fn constant(value: f64, form: Form) -> Text {
    format_from(double_exponent(value.abs()), value, form, 0, None, false)
}

/// [`format`], where the first digit has the power of ten `exponent`.
fn format_from(exponent: i32, value: f64, form: Form, precision: usize, sign: Option<u8>, upper: bool) -> Text {
    let mut text = Text::new();
    let negative = value.is_sign_negative() && !value.is_nan();
    if let Some(sign) = if negative { Some(b'-') } else { sign } {
        text.push(sign);
    }
    if value.is_nan() {
        text.push_all(b"nan");
    } else if value.is_infinite() {
        text.push_all(b"inf");
    } else {
        let room = ROOM - text.as_bytes().len() as i32;
        let magnitude = Magnitude::new(value.abs(), exponent, form, i32::try_from(precision).unwrap_or(i32::MAX), room);
        text.push_all(magnitude.text().as_bytes());
    }
    if form == Form::Repr && !text.as_bytes().iter().any(|byte| b".en".contains(byte)) {
        text.push_all(b".0");
    }
    if upper {
        text.make_uppercase();
    }
    text
}

/// A finite number without sign, and all that is known about its text before its digits are known.
struct Magnitude {
    value: f64,
    form: Form,
    /// The power of ten of the first digit.
    exponent: i32,
    /// The exponent from which on [`Form::General`] writes exponents out.
    exponent_max: i32,
    /// The most digits to make; `leading_zeros` stand before them and `trailing_zeros` behind.
    digits_max: i32,
    leading_zeros: i32,
    trailing_zeros: i32,
}

impl Magnitude {
    fn new(value: f64, exponent: i32, form: Form, precision: i32, room: i32) -> Magnitude {
        let (mut form, mut precision, exponent_max) = match form {
            Form::Repr | Form::Bare => (Form::General, MAX_DIGITS, 16),
            form => (form, precision, precision.min(room - 3)),
        };
        if form == Form::Fixed && exponent > 0 && exponent.saturating_add(precision).saturating_add(2) > room {
            form = Form::General;
            precision = precision.saturating_add(1);
        }
        let mut digits_max = precision;
        let mut leading_zeros = 0;
        match form {
            Form::Fixed => {
                digits_max = digits_max.min(room - 3);
                if exponent >= 0 {
                    digits_max += exponent + 1;
                } else if digits_max > 2 && exponent < -2 {
                    leading_zeros = digits_max.min(-exponent) - 2;
                    digits_max -= leading_zeros;
                } else {
                    digits_max += 1;
                }
            }
            Form::Exponent => digits_max = digits_max.saturating_add(1),
            _ => digits_max = digits_max.max(1),
        }
        let mut trailing_zeros = (digits_max - MAX_DIGITS).max(0);
        digits_max = digits_max.min(MAX_DIGITS);
        // Room for the point, or for the point and an exponent.
        let overhead = if form == Form::Fixed { 3 } else { 8 };
        trailing_zeros = trailing_zeros.min(room - digits_max - overhead);
        Magnitude { value, form, exponent, exponent_max, digits_max, leading_zeros, trailing_zeros }
    }

    /// The text with the fewest digits, from [`SAFE_DIGITS`] on, that reads back as the number, or else with all
    /// digits.
    fn text(&self) -> Text {
        let mut digits = SAFE_DIGITS.min(self.digits_max);
        loop {
            let text = self.text_with(digits);
            if digits >= self.digits_max || parse_float(text.as_bytes()).is_some_and(|(value, _)| value == self.value) {
                return text;
            }
            digits += 1;
        }
    }

    fn text_with(&self, digits: i32) -> Text {
        let mut text = Text::new();
        // How far the decimal point is to the right of the first digit.
        let mut point = 0;
        let scale = if self.value == 0.0 {
            0
        } else if self.form != Form::Fixed {
            digits - self.exponent - 1
        } else if self.exponent >= 0 {
            point = self.exponent;
            digits - 1 - self.exponent
        } else if self.leading_zeros > 0 {
            push_zeros(&mut text, self.leading_zeros);
            point = NO_POINT;
            digits + self.leading_zeros
        } else {
            digits - 1
        };
        let significand = Extended::from_f64(self.value).scale10(i64::from(scale)).to_u64();
        let zeros = self.trailing_zeros + self.digits_max - digits;
        self.lay_out(text, significand, digits, point, zeros)
    }

    fn lay_out(&self, mut text: Text, mut significand: u64, mut digits: i32, mut point: i32, zeros: i32) -> Text {
        let mut exponent = self.exponent;
        let mut zeros = zeros;
        if significand >= 10_u64.saturating_pow(digits as u32) {
            // Rounding has made one digit more.
            if self.form == Form::Fixed {
                digits += 1;
                point += 1;
            } else {
                significand /= 10;
                exponent += 1;
            }
        }
        if self.form == Form::General {
            if (1..self.exponent_max).contains(&exponent) {
                point += exponent;
                if point >= digits {
                    zeros = point - (digits - 1);
                }
                exponent = 0;
            } else if (-4..0).contains(&exponent) {
                push_zeros(&mut text, -exponent - 1);
                while exponent < 0 && significand.is_multiple_of(10) {
                    significand /= 10;
                    digits -= 1;
                    exponent += 1;
                }
                point = NO_POINT;
                exponent = 0;
            }
        }
        let mut has_point = point >= NO_POINT;
        for i in 0..digits {
            let digit = significand / 10_u64.saturating_pow((digits - 1 - i) as u32) % 10;
            text.push(b'0' + digit as u8);
            if i == point && i + 1 < digits {
                text.push(b'.');
                has_point = true;
            }
        }
        for i in digits..digits + zeros {
            if i == point + 1 {
                text.push(b'.');
                has_point = true;
            }
            text.push(b'0');
        }
        if self.form == Form::General && has_point {
            while text.last() == Some(b'0') {
                text.pop();
            }
            if text.last() == Some(b'.') {
                text.pop();
            }
        }
        if self.form == Form::Exponent || self.form == Form::General && exponent != 0 {
            push_exponent(&mut text, exponent);
        }
        text
    }
}

/// The power of ten of the first digit of `value`.
fn decimal_exponent(value: f64) -> i32 {
    let exponent = double_exponent(value);
    let is_less = |exponent: i32| Extended::from_f64(value).is_less(Extended::from_u64(1).scale10(exponent.into()));
    // A denormal number and a power of ten that is rounded to it differ.
    if value.is_subnormal() && is_less(exponent) { exponent - 1 } else { exponent }
}

/// The power of ten of the first digit of `value`, where powers of ten are doubles.
fn double_exponent(value: f64) -> i32 {
    if value == 0.0 || !value.is_finite() {
        return 0;
    }
    let binary = (value.to_bits() >> 52) as i32 - 1023;
    let mut exponent = (f64::from(binary) * core::f64::consts::LOG10_2) as i32;
    // Below 1 the number is at least this power, from 1 on less than the next.
    let up = value >= 1.0;
    let step = if up { 1 } else { -1 };
    let power = |exponent: i32| Extended::from_u64(1).scale10(i64::from(exponent) + i64::from(up)).to_f64();
    while (value >= power(exponent)) == up {
        exponent += step;
    }
    exponent
}

fn push_zeros(text: &mut Text, count: i32) {
    text.push_all(b"0.");
    (0..count).for_each(|_| text.push(b'0'));
}

/// `exponent` with two digits or three.
pub(super) fn push_exponent(text: &mut Text, exponent: i32) {
    let size = exponent.unsigned_abs();
    text.push_all(if exponent < 0 { b"e-" } else { b"e+" });
    if size >= 100 {
        text.push(b'0' + (size / 100 % 10) as u8);
    }
    text.push(b'0' + (size / 10 % 10) as u8);
    text.push(b'0' + (size % 10) as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn text(value: f64, form: Form, precision: usize) -> String {
        format(value, form, precision, None, false).to_string()
    }

    #[test]
    fn repr_takes_sixteen_digits_or_more() {
        for (value, expected) in [
            (9.95, "9.949999999999999"),
            (5e-324, "4.940656458412465e-324"),
            (0.1, "0.1"),
            (1.0 / 3.0, "0.3333333333333333"),
            (2.5e16, "2.5e+16"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (123_456_789_012_345_678.0, "1.2345678901234568e+17"),
            (9.3, "9.300000000000001"),
            (1e23, "1e+23"),
            (1e-307, "1e-307"),
            (-0.0, "-0.0"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(text(value, Form::Repr, 0), expected);
        }
    }

    #[test]
    fn fixed_point_rounds_half_up_and_fits_its_field() {
        for (value, precision, expected) in [
            (0.5, 0, "1"),
            (2.5, 0, "3"),
            (0.25, 1, "0.3"),
            (0.15, 1, "0.1"),
            (9.99, 1, "10.0"),
            (1e30, 6, "1e+30"),
            (0.1, 40, "0.10000000000000000000000000000"),
            (1e-5, 35, "0.000010000000000000000000000000"),
            (1e24, 6, "1000000000000000000000000.00000"),
            (1e-10, 3, "0.000"),
            (1.23e-7, 10, "0.0000001230"),
            (1.23e-20, 12, "0.000000000000"),
            (0.06, 1, "0.1"),
            (0.0, 2, "0.00"),
            (123.456, 2, "123.46"),
        ] {
            assert_eq!(text(value, Form::Fixed, precision), expected, "{value} {precision}");
        }
    }

    #[test]
    fn exponents_and_general_form() {
        assert_eq!(text(1.0 / 3.0, Form::Exponent, 2), "3.33e-01");
        assert_eq!(text(99.99, Form::Exponent, 1), "1.0e+02");
        assert_eq!(text(100000.0, Form::General, 6), "100000");
        assert_eq!(text(1e6, Form::General, 6), "1e+06");
        assert_eq!(text(0.00001234, Form::General, 3), "1.23e-05");
        assert_eq!(text(0.0, Form::General, 6), "0");
        assert_eq!(text(1e20, Form::General, 0), "1e+20");
    }

    #[test]
    fn upper_case_and_signs() {
        let upper = |value, sign| format(value, Form::General, 6, sign, true).to_string();
        assert_eq!(upper(1e300, Some(b'+')), "+1E+300");
        assert_eq!(upper(f64::NAN, None), "NAN");
        assert_eq!(upper(f64::NEG_INFINITY, Some(b' ')), "-INF");
    }

    #[test]
    fn no_precision_is_too_large() {
        for precision in [0, 1, 19, 20, 33, 100, usize::MAX] {
            for form in [Form::Exponent, Form::Fixed, Form::General] {
                for value in [0.0, 1.0, 1e-300, 1e300, 5e-324, 123.456] {
                    let text = format(value, form, precision, Some(b' '), false);
                    assert!(text.as_bytes().len() <= 40, "{text}");
                }
            }
        }
    }
}
