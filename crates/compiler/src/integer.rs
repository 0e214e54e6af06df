//! Integers from text, as MicroPython reads them (`py/parsenum.c`, `py/parsenumbase.c`).

use dashu_int::{IBig, UBig};

/// Why text is no integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntegerError {
    /// The base of the message: the one asked for or found in the prefix; 0 if digits follow a leading zero.
    pub base: u32,
    /// Where the digits start in the text, after space, sign and prefix.
    pub start: usize,
}

/// Reads an integer: white space, sign, prefix, digits with underscores, white space.
///
/// `base` is from 2 to 36, or 0 to take it from the prefix.
///
/// # Errors
/// If the text has no digits or something else in it.
pub fn parse_integer(text: &[u8], base: u32) -> Result<IBig, IntegerError> {
    let mut rest = trim_start(text);
    let negative = rest.first() == Some(&b'-');
    if let Some(b'+' | b'-') = rest.first() {
        rest = &rest[1..];
    }
    let (prefix, base) = prefix(rest, base);
    rest = &rest[prefix..];
    let start = text.len() - rest.len();
    let n = rest.iter().position(|&b| b != b'_' && digit(b).is_none_or(|d| d >= base)).unwrap_or(rest.len());
    let (digits, tail) = rest.split_at(n);
    if n == 0 || !trim_start(tail).is_empty() {
        return Err(IntegerError { base: if base == 1 { 0 } else { base }, start });
    }
    let value = magnitude(digits, base);
    Ok(if negative { -value } else { value })
}

/// The length of the prefix that says the base, and the base. A zero before other digits gives base 1, in which only
/// zeros are digits.
fn prefix(text: &[u8], base: u32) -> (usize, u32) {
    if let [b'0', letter, ..] = text {
        match (letter | 0x20, base) {
            (b'x', 0 | 16) => (2, 16),
            (b'o', 0 | 8) => (2, 8),
            (b'b', 0 | 2) => (2, 2),
            (_, 0) => (0, 1),
            _ => (0, base),
        }
    } else {
        (0, if base == 0 { 10 } else { base })
    }
}

fn digit(b: u8) -> Option<u32> {
    char::from(b).to_digit(36)
}

/// The value of digits of `base`, some of which may be underscores.
fn magnitude(digits: &[u8], base: u32) -> IBig {
    let mut small = 0_u64;
    for &b in digits {
        let Some(d) = digit(b) else { continue };
        match small.checked_mul(u64::from(base)).and_then(|v| v.checked_add(u64::from(d))) {
            Some(value) => small = value,
            None => return big_magnitude(digits, base),
        }
    }
    IBig::from(small)
}

/// Halves the digits until a part fits a word, so that long numbers do not take quadratic time.
fn big_magnitude(digits: &[u8], base: u32) -> IBig {
    fn value(digits: &[u8], base: u32, powers: &[UBig]) -> UBig {
        // `powers[i]` is `base` to the power `LEAF << i`.
        let Some((power, powers)) = powers.split_last() else {
            return digits.iter().fold(UBig::ZERO, |v, &b| v * base + digit(b).unwrap_or(0));
        };
        let low = LEAF << powers.len();
        match digits.len().checked_sub(low) {
            None | Some(0) => value(digits, base, powers),
            Some(high) => value(&digits[..high], base, powers) * power + value(&digits[high..], base, powers),
        }
    }
    const LEAF: usize = 32;
    let digits: alloc::vec::Vec<u8> = digits.iter().copied().filter(|&b| b != b'_').collect();
    let mut powers = alloc::vec![UBig::from(base).pow(LEAF)];
    while LEAF << powers.len() < digits.len() {
        let last = &powers[powers.len() - 1];
        powers.push(last * last);
    }
    IBig::from(value(&digits, base, &powers))
}

fn trim_start(text: &[u8]) -> &[u8] {
    let n = text.iter().position(|b| !matches!(b, b'\t'..=b'\r' | b' ')).unwrap_or(text.len());
    &text[n..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(text: &str) -> Result<i64, IntegerError> {
        parse_integer(text.as_bytes(), 0).map(|value| i64::try_from(value).unwrap())
    }

    #[test]
    fn integers_of_every_base() {
        assert_eq!(int("0"), Ok(0));
        assert_eq!(int("00_0"), Ok(0));
        assert_eq!(int(" -1_000 "), Ok(-1000));
        assert_eq!(int("0xFf"), Ok(255));
        assert_eq!(int("0b1_01"), Ok(5));
        assert_eq!(int("0O17"), Ok(15));
        assert_eq!(int("0x_"), Ok(0));
        assert_eq!(parse_integer(b"z", 36), Ok(IBig::from(35)));
        assert_eq!(parse_integer(b"0b1", 16), Ok(IBig::from(0xb1)));
    }

    #[test]
    fn what_is_no_integer() {
        assert_eq!(int("0x"), Err(IntegerError { base: 16, start: 2 }));
        assert_eq!(int("01"), Err(IntegerError { base: 0, start: 0 }));
        assert_eq!(int("0b12"), Err(IntegerError { base: 2, start: 2 }));
        assert_eq!(int("1if"), Err(IntegerError { base: 10, start: 0 }));
        assert_eq!(int(""), Err(IntegerError { base: 10, start: 0 }));
    }

    #[test]
    fn long_integers() {
        for n in [19, 20, 21, 32, 33, 63, 64, 65, 66, 100, 1000, 5000] {
            let text = "7".repeat(n);
            let expected: IBig = (IBig::from(10).pow(n) - 1) / 9 * 7;
            assert_eq!(parse_integer(text.as_bytes(), 10), Ok(expected.clone()), "{n}");
            let spaced = text.replace("77", "7_7");
            assert_eq!(parse_integer(spaced.as_bytes(), 10), Ok(expected), "{n}");
        }
    }
}
