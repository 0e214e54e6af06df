//! Floats as text, and text as floats.
//!
//! The text is what MicroPython prints where floats are doubles (`py/formatfloat.c`): from 16 significant digits up,
//! and rounded half away from zero, within a field of 32 characters: longer fixed-point numbers lose decimals or
//! get an exponent. Reading is exact.

use core::fmt::Write;

/// How many characters a number may have, sign included.
const ROOM: usize = 33;
/// The most significant digits that are computed; further ones are zero.
const MAX_DIGITS: usize = 19;
/// Digits to begin with where more are allowed.
const SAFE_DIGITS: usize = 16;

/// The text of a number: bytes on the stack.
pub struct Text {
    bytes: [u8; 96],
    len: usize,
}

impl Text {
    const fn new() -> Text {
        Text { bytes: [0; 96], len: 0 }
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    fn push_all(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.push(byte);
        }
    }

    /// The bytes, all ASCII.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.push_all(text.as_bytes());
        Ok(())
    }
}

/// A number's significant digits and the exponent of the first.
struct Decimal {
    digits: [u8; MAX_DIGITS + 1],
    len: usize,
    exponent: i32,
}

impl Decimal {
    /// `value`, finite and not negative, rounded to `len` digits. With no digits it is zero, or one of the next decade.
    fn rounded(value: f64, len: usize) -> Decimal {
        // Twenty digits more tell a tie from what is just above or below.
        let mut text = Text::new();
        let _ = write!(text, "{:.*e}", len + 20, value);
        let bytes = text.as_bytes();
        let mark = bytes.iter().position(|&byte| byte == b'e').unwrap_or(bytes.len());
        let exponent = core::str::from_utf8(bytes.get(mark + 1..).unwrap_or_default()).ok();
        let mut decimal =
            Decimal { digits: [0; MAX_DIGITS + 1], len, exponent: exponent.and_then(|e| e.parse().ok()).unwrap_or(0) };
        let mut digits = bytes[..mark].iter().filter(|&&byte| byte != b'.').map(|byte| byte - b'0');
        for slot in decimal.digits.iter_mut().take(len) {
            *slot = digits.next().unwrap_or(0);
        }
        if digits.next().unwrap_or(0) >= 5 {
            decimal.round_up();
        }
        // The float next to a power of ten stands for it, though it may be a little less.
        let power = Decimal { digits: POWER, len, exponent: decimal.exponent + 1 };
        if (1..=SAFE_DIGITS).contains(&len) && decimal.digits[0] == 9 && power.value() <= value {
            return power;
        }
        decimal
    }

    fn round_up(&mut self) {
        for digit in self.digits[..self.len].iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.exponent += 1;
        self.digits[0] = 1;
        self.len = self.len.max(1);
    }

    fn value(&self) -> f64 {
        let mut text = Text::new();
        for digit in &self.digits[..self.len] {
            text.push(b'0' + digit);
        }
        let _ = write!(text, "e{}", self.exponent - self.len as i32 + 1);
        core::str::from_utf8(text.as_bytes()).ok().and_then(|text| text.parse().ok()).unwrap_or(0.0)
    }

    /// The digits that stand for `value`: `max` of them, or fewer, but at least `safe`, if those read as the same number.
    fn of(value: f64, safe: usize, max: usize) -> Decimal {
        let mut len = max.min(safe);
        loop {
            let decimal = Decimal::rounded(value, len);
            if len >= max || decimal.value() == value {
                return decimal;
            }
            len += 1;
        }
    }

    /// The digit with weight ten to the power `exponent`.
    fn digit_at(&self, exponent: i32) -> u8 {
        let index = self.exponent - exponent;
        let digit = if (0..self.len as i32).contains(&index) { self.digits[index as usize] } else { 0 };
        b'0' + digit
    }

    /// The number of digits without zeros at the end; at least one.
    fn significant(&self) -> usize {
        self.digits[..self.len].iter().rposition(|&digit| digit != 0).map_or(1, |last| last + 1)
    }
}

/// The digits of a power of ten.
const POWER: [u8; MAX_DIGITS + 1] = {
    let mut digits = [0; MAX_DIGITS + 1];
    digits[0] = 1;
    digits
};

/// How `precision` is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As `repr()` prints it; the precision means nothing.
    Repr,
    /// As `repr()`, but whole numbers without `.0`.
    Bare,
    /// `e` or `E`
    Exponent,
    /// `f` or `F`
    Fixed,
    /// `g` or `G`
    General,
}

/// The text of `value`. `sign` is what stands before numbers that are not negative; letters are in upper case if
/// `upper` is set.
///
/// ```
/// use berus_runtime::text::float::{Form, format};
/// assert_eq!(format(0.1, Form::Repr, 0, None, false).as_bytes(), b"0.1");
/// assert_eq!(format(1.0, Form::Repr, 0, None, false).as_bytes(), b"1.0");
/// assert_eq!(format(2.5, Form::Fixed, 0, Some(b'+'), false).as_bytes(), b"+3");
/// ```
pub fn format(value: f64, form: Form, precision: usize, sign: Option<u8>, upper: bool) -> Text {
    let mut text = Text::new();
    let negative = value.is_sign_negative() && !value.is_nan();
    if let Some(sign) = if negative { Some(b'-') } else { sign } {
        text.push(sign);
    }
    let room = ROOM - text.len;
    let value = value.abs();
    if !value.is_finite() {
        text.push_all(match (value.is_nan(), upper) {
            (true, false) => b"nan",
            (true, true) => b"NAN",
            (false, false) => b"inf",
            (false, true) => b"INF",
        });
        return text;
    }
    match form {
        Form::Repr | Form::Bare => general(&mut text, value, MAX_DIGITS, 16, upper),
        Form::General => general(&mut text, value, precision, precision.min(room - 3), upper),
        Form::Exponent => exponential(&mut text, value, precision, room, upper),
        Form::Fixed => {
            let exponent = first_exponent(value);
            if exponent > 0 && exponent as usize + precision + 2 > room {
                general(&mut text, value, precision + 1, precision.min(room - 3), upper);
            } else {
                fixed(&mut text, value, exponent, precision, room);
            }
        }
    }
    if form == Form::Repr && !text.as_bytes().iter().any(|byte| b".en".contains(byte)) {
        text.push_all(b".0");
    }
    text
}

/// The exponent of the first digit, where the float next to a power of ten stands for it.
fn first_exponent(value: f64) -> i32 {
    if value == 0.0 { 0 } else { Decimal::rounded(value, SAFE_DIGITS).exponent }
}

fn push_exponent(text: &mut Text, exponent: i32, upper: bool) {
    let mark = if upper { 'E' } else { 'e' };
    let sign = if exponent < 0 { '-' } else { '+' };
    let _ = write!(text, "{mark}{sign}{:02}", exponent.unsigned_abs());
}

fn exponential(text: &mut Text, value: f64, precision: usize, room: usize, upper: bool) {
    let wanted = precision.saturating_add(1);
    let decimal = Decimal::of(value, SAFE_DIGITS, wanted.min(MAX_DIGITS));
    let decimals = precision.min(room.saturating_sub(9));
    text.push(decimal.digit_at(decimal.exponent));
    if decimals > 0 {
        text.push(b'.');
    }
    for index in 1..=decimals as i32 {
        text.push(decimal.digit_at(decimal.exponent - index));
    }
    push_exponent(text, decimal.exponent, upper);
}

fn general(text: &mut Text, value: f64, precision: usize, most_exponent: usize, upper: bool) {
    let decimal = Decimal::of(value, SAFE_DIGITS, precision.clamp(1, MAX_DIGITS));
    let significant = decimal.significant() as i32;
    let exponent = decimal.exponent;
    if exponent < -4 || exponent >= (most_exponent as i32).max(1) {
        text.push(decimal.digit_at(exponent));
        if significant > 1 {
            text.push(b'.');
        }
        for index in 1..significant {
            text.push(decimal.digit_at(exponent - index));
        }
        push_exponent(text, exponent, upper);
        return;
    }
    for weight in (0..=exponent.max(0)).rev() {
        text.push(decimal.digit_at(weight));
    }
    let last = exponent - significant + 1;
    if last < 0 && value != 0.0 {
        text.push(b'.');
        for weight in (last..0).rev() {
            text.push(decimal.digit_at(weight));
        }
    }
}

/// `exponent` is that of the first digit.
fn fixed(text: &mut Text, value: f64, exponent: i32, precision: usize, room: usize) {
    let decimals = precision.min(room - 3);
    // How MicroPython counts the digits that it computes: below one, a zero before or among them belongs to them.
    let below_one = exponent < 0;
    let written = match exponent {
        0.. => decimals + exponent as usize + 1,
        _ if exponent < -2 && decimals > 2 => decimals + 2 - (exponent.unsigned_abs() as usize).min(decimals),
        _ => decimals + 1,
    };
    let computed = written.min(MAX_DIGITS);
    let zeros = (written - computed).min(room - computed - 3);
    // Significant digits among the computed ones.
    let hidden = if below_one { (decimals as i32 + exponent + 1 - written as i32).unsigned_abs() as usize } else { 0 };
    let most = computed.saturating_sub(hidden);
    let decimal = Decimal::of(value, SAFE_DIGITS.saturating_sub(hidden), most);
    for weight in (0..=decimal.exponent.max(0)).rev() {
        text.push(decimal.digit_at(weight));
    }
    let decimals = decimals + computed + zeros - written;
    if decimals > 0 {
        text.push(b'.');
        for index in 1..=decimals as i32 {
            text.push(decimal.digit_at(-index));
        }
    }
}

/// Reads a decimal number without sign from the start of `text`: digits, point and exponent, with `_` anywhere between.
/// What it is and how many bytes it took; `None` if an exponent has no digits. No digits at all is the number 0 and no bytes.
pub fn parse_decimal(text: &[u8]) -> Option<(f64, usize)> {
    let mut clean = Digits { text: [0; 64], len: 0, dropped: 0, seen: false };
    let mut at = 0;
    let mut in_fraction = false;
    let mut scale = 0i32;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'0'..=b'9' => {
                let kept = clean.digit(byte);
                scale += i32::from(!kept) - i32::from(in_fraction);
            }
            b'.' if !in_fraction => in_fraction = true,
            b'_' => {}
            _ => break,
        }
        at += 1;
    }
    if text.get(at).is_some_and(|byte| byte | 0x20 == b'e') {
        at += 1;
        let negative = text.get(at) == Some(&b'-');
        if matches!(text.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        text.get(at)?;
        let mut exponent = 0i32;
        while let Some(&byte) = text.get(at) {
            match byte {
                b'0'..=b'9' => exponent = (exponent * 10 + i32::from(byte - b'0')).min(1_000_000),
                b'_' => {}
                _ => break,
            }
            at += 1;
        }
        scale = scale.saturating_add(if negative { -exponent } else { exponent });
    }
    Some((clean.value(scale), at))
}

/// Significant digits of a number that is being read. After the first 60 only whether another is not zero matters.
struct Digits {
    text: [u8; 64],
    len: usize,
    dropped: u8,
    seen: bool,
}

impl Digits {
    /// Takes a digit; false if it was dropped.
    fn digit(&mut self, byte: u8) -> bool {
        self.seen |= byte != b'0';
        if !self.seen {
            return true;
        }
        if self.len < 60 {
            self.text[self.len] = byte;
            self.len += 1;
            return true;
        }
        self.dropped |= byte - b'0';
        false
    }

    fn value(&mut self, scale: i32) -> f64 {
        if self.len == 0 {
            return 0.0;
        }
        if self.dropped != 0 {
            self.text[self.len - 1] |= 1;
        }
        let mut text = Text::new();
        text.push_all(&self.text[..self.len]);
        let _ = write!(text, "e{scale}");
        core::str::from_utf8(text.as_bytes()).ok().and_then(|text| text.parse().ok()).unwrap_or(0.0)
    }
}

/// Reads `inf`, `infinity`, `nan` or a decimal number from the start of `text`, and says how many bytes it took.
pub fn parse(text: &[u8]) -> Option<(f64, usize)> {
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
    parse_decimal(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn text(value: f64, form: Form, precision: usize) -> String {
        String::from_utf8(format(value, form, precision, None, false).as_bytes().to_vec()).unwrap()
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
    fn reading() {
        assert_eq!(parse(b"1_0.5e1x"), Some((105.0, 7)));
        assert_eq!(parse(b".5"), Some((0.5, 2)));
        assert_eq!(parse(b"1e"), None);
        assert_eq!(parse(b"abc"), Some((0.0, 0)));
        assert_eq!(parse(b"Infinity"), Some((f64::INFINITY, 8)));
        assert_eq!(parse(b"1e999999999999"), Some((f64::INFINITY, 14)));
        let long = [b'1'; 400];
        assert_eq!(parse(&long).unwrap().1, 400);
        assert_eq!(parse(&long[..300]).unwrap().0, "1".repeat(300).parse().unwrap());
    }
}
