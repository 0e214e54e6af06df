//! Floats from text (`py/parsenum.c`).

use super::extended::Extended;

/// A decimal literal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decimal {
    /// A float.
    Real(f64),
    /// A float with a `j` after it.
    Imaginary(f64),
}

/// Reads a number that has a point, an exponent or a `j`: digits, and nothing after them.
pub fn parse_decimal(text: &[u8]) -> Option<Decimal> {
    let (value, n) = parse_float(text)?;
    match &text[n..] {
        _ if n == 0 => None,
        [] => Some(Decimal::Real(value)),
        [b'j' | b'J'] => Some(Decimal::Imaginary(value)),
        _ => None,
    }
}

/// The least significand to which no further digits are added.
const SIGNIFICAND_MAX: u64 = 0x1999_9999_9999_9998;

/// The least exponent to which no further digits are added.
const EXPONENT_MAX: i64 = (i32::MAX as i64 / 2 - 9) / 10;

/// Reads an unsigned decimal number from the start of `text`, and returns the number and how many bytes were read,
/// perhaps none. `None` if `text` ends where an exponent should be.
pub fn parse_float(text: &[u8]) -> Option<(f64, usize)> {
    let mut digits = Digits::default();
    let mut exponent = 0_i64;
    let mut negative = false;
    let mut in_exponent = false;
    let mut pos = 0;
    while let Some(&b) = text.get(pos) {
        pos += 1;
        match b {
            b'0'..=b'9' if in_exponent => {
                if exponent < EXPONENT_MAX {
                    exponent = exponent * 10 + i64::from(b - b'0');
                }
            }
            b'0'..=b'9' => digits.push(b - b'0'),
            b'.' if !in_exponent && !digits.in_fraction => digits.in_fraction = true,
            b'e' | b'E' if !in_exponent => {
                in_exponent = true;
                if let Some(sign @ (b'+' | b'-')) = text.get(pos) {
                    negative = *sign == b'-';
                    pos += 1;
                }
                if pos == text.len() {
                    return None;
                }
            }
            b'_' => {}
            _ => {
                pos -= 1;
                break;
            }
        }
    }
    let exponent = if negative { -exponent } else { exponent };
    let exponent = exponent + digits.exponent + digits.integer_zeros;
    Some((Extended::from_u64(digits.significand).scale10(exponent).to_f64(), pos))
}

/// The digits of a number so far, as a significand and a power of ten.
#[derive(Default)]
struct Digits {
    significand: u64,
    exponent: i64,
    in_fraction: bool,
    /// Zeros at the end that are not yet in the significand: these before the point, `fraction_zeros` behind it. Once
    /// the significand is full every digit counts as a zero.
    integer_zeros: i64,
    fraction_zeros: i64,
}

impl Digits {
    fn push(&mut self, digit: u8) {
        if digit == 0 || self.significand >= SIGNIFICAND_MAX {
            if self.in_fraction {
                self.fraction_zeros += 1;
            } else {
                self.integer_zeros += 1;
            }
            return;
        }
        for _ in 0..core::mem::take(&mut self.integer_zeros) {
            self.accept(0, false);
        }
        for _ in 0..core::mem::take(&mut self.fraction_zeros) {
            self.accept(0, true);
        }
        self.accept(digit, self.in_fraction);
    }

    fn accept(&mut self, digit: u8, in_fraction: bool) {
        if self.significand < SIGNIFICAND_MAX {
            self.significand = self.significand * 10 + u64::from(digit);
            self.exponent -= i64::from(in_fraction);
        } else {
            self.exponent += i64::from(!in_fraction);
        }
    }
}

/// Reads `inf`, `infinity`, `nan` in any case, or what [`parse_float`] does, from the start of `text`.
pub fn parse_float_or_name(text: &[u8]) -> Option<(f64, usize)> {
    let starts = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    if starts(b"infinity") {
        return Some((f64::INFINITY, 8));
    }
    if starts(b"inf") {
        return Some((f64::INFINITY, 3));
    }
    if starts(b"nan") {
        return Some((f64::NAN, 3));
    }
    parse_float(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats() {
        for text in ["0.0", "1.", ".5", "1e5", "1.5E-7", "3.141592653589793", "1e308", "5e-324", "123456789.125"] {
            assert_eq!(parse_float(text.as_bytes()), Some((text.parse().unwrap(), text.len())), "{text}");
        }
        assert_eq!(parse_float(b"1e400"), Some((f64::INFINITY, 5)));
        assert_eq!(parse_float(b"1e-99999999999999"), Some((0.0, 17)));
        assert_eq!(parse_float(b"1.5.5"), Some((1.5, 3)));
        assert_eq!(parse_float(b"1e"), None);
        assert_eq!(parse_float(b"1e+"), None);
    }

    #[test]
    fn decimals() {
        assert_eq!(parse_decimal(b"2.5"), Some(Decimal::Real(2.5)));
        assert_eq!(parse_decimal(b"2J"), Some(Decimal::Imaginary(2.0)));
        assert_eq!(parse_decimal(b"1else"), None);
        assert_eq!(parse_decimal(b"1jj"), None);
    }

    #[test]
    fn names_and_long_numbers() {
        assert_eq!(parse_float_or_name(b"1_0.5e1x"), Some((105.0, 7)));
        assert_eq!(parse_float_or_name(b".5"), Some((0.5, 2)));
        assert_eq!(parse_float_or_name(b"1e"), None);
        assert_eq!(parse_float_or_name(b"abc"), Some((0.0, 0)));
        assert_eq!(parse_float_or_name(b"Infinity"), Some((f64::INFINITY, 8)));
        assert_eq!(parse_float_or_name(b"1e999999999999"), Some((f64::INFINITY, 14)));
        let long = [b'1'; 400];
        assert_eq!(parse_float_or_name(&long).unwrap().1, 400);
        assert_eq!(parse_float_or_name(&long[..300]).unwrap().0, "1".repeat(300).parse().unwrap());
    }
}
