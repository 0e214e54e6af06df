//! Floats to text (`py/formatfloat.c`).

use alloc::string::String;
use alloc::vec::Vec;

use super::extended::Extended;
use super::parse::parse_float;

/// How a float is written: the letters of `%` formatting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `e`: one digit, point, digits, exponent. The precision counts the digits after the point.
    Exponent,
    /// `f`: digits, point, digits. The precision counts the digits after the point.
    Fixed,
    /// `g`: as `f` or `e`, without zeros at the end. The precision counts all digits.
    General,
}

/// The room that MicroPython has for a float's text.
const ROOM: i32 = 33;

/// The digits that a double always has, and the most that are ever made.
const SAFE_DIGITS: i32 = 16;
const MAX_DIGITS: i32 = 19;

/// A decimal point after all digits.
const NO_POINT: i32 = 255;

/// `value` as `repr` writes it: with the fewest digits, from 16 on, that read back as the same number.
///
/// ```
/// # use berus_compiler::number::repr_float;
/// assert_eq!(repr_float(0.1), "0.1");
/// assert_eq!(repr_float(1e16), "1e+16");
/// assert_eq!(repr_float(-3.0), "-3.0");
/// ```
pub fn repr_float(value: f64) -> String {
    let mut text = format(value, Style::General, None, None);
    if !text.bytes().any(|b| matches!(b, b'.' | b'e' | b'n')) {
        text.push_str(".0");
    }
    text
}

/// The imaginary number with this part, as `repr` writes it.
pub fn repr_imaginary(value: f64) -> String {
    let mut text = format(value, Style::General, None, None);
    text.push('j');
    text
}

/// `value` in `style`, with `precision` digits, or 6 if that is negative. `sign` stands before a number that is not
/// negative. In upper case with `upper`.
pub fn format_float(value: f64, style: Style, upper: bool, precision: i32, sign: Option<char>) -> String {
    let precision = if precision < 0 { 6 } else { precision };
    let mut text = format(value, style, Some(precision), sign);
    if upper {
        text.make_ascii_uppercase();
    }
    text
}

/// As [`format_float`]; without a precision, as many digits as are needed to read the number back.
fn format(value: f64, style: Style, precision: Option<i32>, sign: Option<char>) -> String {
    let mut text = String::new();
    let negative = value.is_sign_negative() && !value.is_nan();
    text.extend(if negative { Some('-') } else { sign });
    let room = ROOM - text.len() as i32;
    if value.is_nan() {
        text.push_str("nan");
    } else if value.is_infinite() {
        text.push_str("inf");
    } else {
        let magnitude = Magnitude::new(value.abs(), style, precision, room);
        text.extend(magnitude.text().into_iter().map(char::from));
    }
    text
}

/// A finite number without sign, and all that is known about its text before the digits are.
struct Magnitude {
    value: f64,
    style: Style,
    /// The power of ten of the first digit.
    exponent: i32,
    /// Exponents from here on are written out in style `g`.
    exponent_max: i32,
    /// The most digits to make, and how many zeros stand before and after them.
    digits_max: i32,
    leading_zeros: i32,
    trailing_zeros: i32,
}

impl Magnitude {
    fn new(value: f64, style: Style, precision: Option<i32>, room: i32) -> Magnitude {
        let exponent = decimal_exponent(value);
        let (mut style, mut precision, exponent_max) = match precision {
            Some(precision) => (style, precision, precision.min(room - 3)),
            None => (style, MAX_DIGITS, 16),
        };
        if style == Style::Fixed && exponent > 0 && exponent.saturating_add(precision).saturating_add(2) > room {
            style = Style::General;
            precision = precision.saturating_add(1);
        }
        let mut digits_max = precision;
        let mut leading_zeros = 0;
        match style {
            Style::Fixed => {
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
            Style::General => digits_max = digits_max.max(1),
            Style::Exponent => digits_max = digits_max.saturating_add(1),
        }
        let mut trailing_zeros = (digits_max - MAX_DIGITS).max(0);
        digits_max = digits_max.min(MAX_DIGITS);
        // Room for the point, or for that and an exponent.
        let overhead = if style == Style::Fixed { 3 } else { 8 };
        trailing_zeros = trailing_zeros.min(room - digits_max - overhead);
        Magnitude { value, style, exponent, exponent_max, digits_max, leading_zeros, trailing_zeros }
    }

    /// The text with the fewest digits, from [`SAFE_DIGITS`] on, that reads back as the number, or with all of them.
    fn text(&self) -> Vec<u8> {
        let mut digits = SAFE_DIGITS.min(self.digits_max);
        loop {
            let text = self.text_with(digits);
            if digits >= self.digits_max || parse_float(&text).is_some_and(|(value, _)| value == self.value) {
                return text;
            }
            digits += 1;
        }
    }

    fn text_with(&self, digits: i32) -> Vec<u8> {
        let mut text = Vec::new();
        // How far the decimal point is to the right of the first digit.
        let mut point = 0;
        let scale = if self.value == 0.0 {
            0
        } else if self.style != Style::Fixed {
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

    fn lay_out(&self, mut text: Vec<u8>, mut significand: u64, mut digits: i32, mut point: i32, zeros: i32) -> Vec<u8> {
        let mut exponent = self.exponent;
        let mut zeros = zeros;
        if significand >= 10_u64.saturating_pow(digits as u32) {
            // Rounding has made one digit more.
            if self.style == Style::Fixed {
                digits += 1;
                point += 1;
            } else {
                significand /= 10;
                exponent += 1;
            }
        }
        if self.style == Style::General {
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
        if self.style == Style::General && has_point {
            while text.last() == Some(&b'0') {
                text.pop();
            }
            if text.last() == Some(&b'.') {
                text.pop();
            }
        }
        if self.style == Style::Exponent || self.style == Style::General && exponent != 0 {
            let sign = if exponent < 0 { '-' } else { '+' };
            let digits = alloc::format!("e{sign}{:02}", exponent.unsigned_abs());
            text.extend_from_slice(digits.as_bytes());
        }
        text
    }
}

/// The power of ten of the first digit of `value`.
fn decimal_exponent(value: f64) -> i32 {
    if value == 0.0 {
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

fn push_zeros(text: &mut Vec<u8>, count: i32) {
    text.extend_from_slice(b"0.");
    text.extend((0..count).map(|_| b'0'));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repr_has_as_many_digits_as_it_needs() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (0.5, "0.5"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (123456789.125, "123456789.125"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (0.000123, "0.000123"),
            (5e-324, "4.940656458412465e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (core::f64::consts::PI, "3.141592653589793"),
            (2.0 / 3.0, "0.6666666666666666"),
        ] {
            assert_eq!(repr_float(value), text);
        }
        assert_eq!(repr_imaginary(2.5), "2.5j");
        assert_eq!(repr_imaginary(3.0), "3j");
    }

    #[test]
    fn formats_of_the_percent_operator() {
        let format = |value, style, precision| format_float(value, style, false, precision, None);
        assert_eq!(format(1.0, Style::Fixed, -1), "1.000000");
        assert_eq!(format(1.0, Style::Fixed, 0), "1");
        assert_eq!(format(9.99, Style::Fixed, 1), "10.0");
        assert_eq!(format(0.000123456, Style::Fixed, 6), "0.000123");
        assert_eq!(format(1234.5, Style::Exponent, 2), "1.23e+03");
        assert_eq!(format(0.0, Style::Exponent, -1), "0.000000e+00");
        assert_eq!(format(1234567.0, Style::General, -1), "1.23457e+06");
        assert_eq!(format(100000.0, Style::General, -1), "100000");
        assert_eq!(format(1e-5, Style::General, -1), "1e-05");
        assert_eq!(format_float(1e300, Style::General, true, -1, Some('+')), "+1E+300");
        assert_eq!(format_float(f64::NAN, Style::General, true, -1, None), "NAN");
    }

    #[test]
    fn no_precision_is_too_large() {
        for precision in [0, 1, 19, 20, 33, 100, i32::MAX] {
            for style in [Style::Exponent, Style::Fixed, Style::General] {
                for value in [0.0, 1.0, 1e-300, 1e300, 5e-324, 123.456] {
                    let text = format_float(value, style, false, precision, Some(' '));
                    assert!(text.len() <= 40, "{text}");
                }
            }
        }
    }
}
