//! Integers of any size, and how they come from text, as MicroPython reads them (`py/parsenum.c`, `py/parsenumbase.c`).

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use berus_integer::{Number, Operation, Stopped, Word, Work, bit_len, radix, trim};
use berus_mpy::memory::{Quota, Stop};

/// An integer of any size.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Integer {
    /// One of 64 bits.
    Small(i64),
    /// One of more.
    Large(Large),
}

/// An integer of more than 64 bits: its sign and magnitude.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Large {
    negative: bool,
    words: Box<[Word]>,
}

/// Words of a magnitude of 64 bits.
type Few = [Word; 64 / Word::BITS as usize];

/// Words that are worked on in the time of a step.
const WORDS_PER_STEP: usize = 8;

/// Has `run` count its work as that of `quota`, with so many words of scratch memory.
fn working<R>(
    quota: &Quota<'_>,
    scratch: usize,
    run: impl FnOnce(&mut [Word], &mut Work<'_>) -> Result<R, Stopped>,
) -> Result<R, Stop> {
    let mut scratch = zeros(scratch, quota)?;
    let mut look = |words| quota.steps(words / WORDS_PER_STEP).map_err(|_| Stopped);
    let mut work = Work::new(&mut look);
    let result = run(&mut scratch, &mut work).and_then(|result| work.look().map(|()| result));
    quota.free(scratch);
    result.map_err(|Stopped| quota.stop().unwrap_or(Stop::Interrupted))
}

fn zeros<T: Clone + Default>(len: usize, quota: &Quota<'_>) -> Result<Vec<T>, Stop> {
    let mut zeros = quota.with_capacity(len)?;
    zeros.resize(len, T::default());
    Ok(zeros)
}

impl From<i64> for Integer {
    fn from(value: i64) -> Integer {
        Integer::Small(value)
    }
}

impl TryFrom<&Integer> for i64 {
    type Error = ();

    fn try_from(value: &Integer) -> Result<i64, ()> {
        match value {
            Integer::Small(value) => Ok(*value),
            Integer::Large(_) => Err(()),
        }
    }
}

impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(&Quota::default()).map_err(|_| fmt::Error)?)
    }
}

impl Integer {
    /// Zero.
    pub const ZERO: Integer = Integer::Small(0);

    /// The integer of this sign and magnitude, whose memory is not charged to the quota.
    fn new(number: Number<'_>, quota: &Quota<'_>) -> Result<Integer, Stop> {
        if bit_len(number.words) <= 64 {
            let magnitude = number.words.iter().rev().fold(0, |value, word| value << Word::BITS | u128::from(*word));
            let value = if number.negative { -(magnitude as i128) } else { magnitude as i128 };
            if let Ok(small) = i64::try_from(value) {
                return Ok(Integer::Small(small));
            }
        }
        let words = quota.copy(number.words)?.into_boxed_slice();
        quota.refund(size_of_val(&*words));
        Ok(Integer::Large(Large { negative: number.negative, words }))
    }

    /// Sign and magnitude; `few` is where the magnitude of a small one is put.
    fn number<'a>(&'a self, few: &'a mut Few) -> Number<'a> {
        match self {
            Integer::Small(value) => {
                let magnitude = u128::from(value.unsigned_abs());
                for (at, word) in few.iter_mut().enumerate() {
                    *word = (magnitude >> (at * Word::BITS as usize)) as Word;
                }
                Number { negative: *value < 0, words: trim(few) }
            }
            Integer::Large(large) => Number { negative: large.negative, words: &large.words },
        }
    }

    /// `self operation other`. A divisor is not 0, and a count or exponent not negative. What the result holds is not charged to the quota.
    ///
    /// # Errors
    /// Where the quota ends the work.
    pub(crate) fn compute(&self, operation: Operation, other: &Integer, quota: &Quota<'_>) -> Result<Integer, Stop> {
        let (mut few, mut other_few) = (Few::default(), Few::default());
        let (left, right) = (self.number(&mut few), other.number(&mut other_few));
        let room = operation.room(left, right);
        let mut result = zeros(room.result, quota)?;
        let negative =
            working(quota, room.scratch, |scratch, work| operation.compute(left, right, &mut result, scratch, work))?;
        let integer = Integer::new(Number { negative, words: trim(&result) }, quota);
        quota.free(result);
        integer
    }

    /// The decimal digits, behind `-` if it is negative.
    ///
    /// # Errors
    /// Where the quota ends the work.
    pub(crate) fn text(&self, quota: &Quota<'_>) -> Result<String, Stop> {
        let large = match self {
            Integer::Small(value) => return quota.format(format_args!("{value}")),
            Integer::Large(large) => large,
        };
        let (len, scratch) = radix::write_room(&large.words, 10);
        let mut digits = zeros(len, quota)?;
        let start =
            working(quota, scratch, |scratch, work| radix::write(&large.words, 10, &mut digits, scratch, work))?;
        let sign = if large.negative { "-" } else { "" };
        let text = core::str::from_utf8(&digits[start..]).unwrap_or_default();
        let text = quota.format(format_args!("{sign}{text}"));
        quota.free(digits);
        text
    }

    /// The bytes that it holds beside itself.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Integer::Small(_) => 0,
            Integer::Large(large) => size_of_val(&*large.words),
        }
    }

    pub(crate) fn is_negative(&self) -> bool {
        match self {
            Integer::Small(value) => *value < 0,
            Integer::Large(large) => large.negative,
        }
    }

    /// Bits of the magnitude.
    pub(crate) fn bit_len(&self) -> usize {
        bit_len(self.number(&mut Few::default()).words)
    }

    /// The low 64 bits, as two's complement.
    pub(crate) fn low_bits(&self) -> u64 {
        let mut few = Few::default();
        let number = self.number(&mut few);
        let few = number.words.iter().take(64 / Word::BITS as usize).rev();
        let low = few.fold(0, |value, word| value << Word::BITS | u128::from(*word)) as u64;
        if number.negative { low.wrapping_neg() } else { low }
    }

    /// The float nearest to a word of MicroPython's; beyond that, what comes of adding up digits of 32 bits, each sum rounded.
    pub(crate) fn to_f64(&self) -> f64 {
        match self {
            Integer::Small(small) if (-(1 << 62)..1 << 62).contains(small) => return *small as f64,
            _ => {}
        }
        let mut few = Few::default();
        let number = self.number(&mut few);
        let digits = number.words.iter().rev().flat_map(|word| {
            let word = u128::from(*word);
            (0..Word::BITS / 32).rev().map(move |at| (word >> (32 * at)) as u32)
        });
        let magnitude = digits.fold(0.0, |value, digit| value * 4294967296.0 + f64::from(digit));
        if number.negative { -magnitude } else { magnitude }
    }
}

/// Why text becomes no integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntegerError {
    /// It is none.
    Syntax {
        /// The base of the message: the one asked for or found in the prefix; 0 if digits follow a leading zero.
        base: u32,
        /// Where the digits start in the text, after space, sign and prefix.
        start: usize,
    },
    /// The quota ends the work.
    Stop(Stop),
}

impl From<Stop> for IntegerError {
    fn from(stop: Stop) -> IntegerError {
        IntegerError::Stop(stop)
    }
}

/// Reads an integer: white space, sign, prefix, digits with underscores, white space.
///
/// `base` is from 2 to 36, or 0 to take it from the prefix.
///
/// # Errors
/// If the text has no digits or something else in it, or the quota ends the work.
pub fn parse_integer(text: &[u8], base: u32, quota: &Quota<'_>) -> Result<Integer, IntegerError> {
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
        return Err(IntegerError::Syntax { base: if base == 1 { 0 } else { base }, start });
    }
    Ok(value(negative, digits, base, quota)?)
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
fn value(negative: bool, digits: &[u8], base: u32, quota: &Quota<'_>) -> Result<Integer, Stop> {
    let mut small = Some(0_i64);
    let mut count = 0;
    for digit in digits.iter().filter_map(|&b| digit(b)) {
        small = small.and_then(|value| value.checked_mul(base.into())?.checked_add(digit.into()));
        count += 1;
    }
    if let Some(small) = small {
        return Ok(Integer::Small(if negative { -small } else { small }));
    }
    let room = radix::read_room(count, base);
    let mut words = zeros(room.result, quota)?;
    working(quota, room.scratch, |scratch, work| radix::read(digits, base, &mut words, scratch, work))?;
    let integer = Integer::new(Number { negative, words: trim(&words) }, quota);
    quota.free(words);
    integer
}

fn trim_start(text: &[u8]) -> &[u8] {
    let n = text.iter().position(|b| !matches!(b, b'\t'..=b'\r' | b' ')).unwrap_or(text.len());
    &text[n..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn int(text: &str) -> Result<i64, IntegerError> {
        parse_integer(text.as_bytes(), 0, &Quota::default()).map(|value| i64::try_from(&value).unwrap())
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
        assert_eq!(parse_integer(b"z", 36, &Quota::default()), Ok(Integer::Small(35)));
        assert_eq!(parse_integer(b"0b1", 16, &Quota::default()), Ok(Integer::Small(0xb1)));
    }

    #[test]
    fn what_is_no_integer() {
        assert_eq!(int("0x"), Err(IntegerError::Syntax { base: 16, start: 2 }));
        assert_eq!(int("01"), Err(IntegerError::Syntax { base: 0, start: 0 }));
        assert_eq!(int("0b12"), Err(IntegerError::Syntax { base: 2, start: 2 }));
        assert_eq!(int("1if"), Err(IntegerError::Syntax { base: 10, start: 0 }));
        assert_eq!(int(""), Err(IntegerError::Syntax { base: 10, start: 0 }));
    }

    #[test]
    fn long_integers() {
        let quota = &Quota::default();
        for n in [19, 20, 21, 32, 33, 63, 64, 65, 66, 100, 1000, 5000] {
            let text = "7".repeat(n);
            let sevens = parse_integer(text.as_bytes(), 10, &Quota::default()).unwrap();
            assert_eq!(sevens.to_string(), text);
            let power = Integer::Small(10).compute(Operation::Power, &Integer::Small(n as i64), quota).unwrap();
            let nines = power.compute(Operation::Subtract, &Integer::Small(1), quota).unwrap();
            let ones = nines.compute(Operation::FloorDivide, &Integer::Small(9), quota).unwrap();
            assert_eq!(ones.compute(Operation::Multiply, &Integer::Small(7), quota).as_ref(), Ok(&sevens), "{n}");
            let spaced = text.replace("77", "7_7");
            assert_eq!(parse_integer(spaced.as_bytes(), 10, &Quota::default()), Ok(sevens), "{n}");
        }
    }

    #[test]
    fn the_edges_of_small_integers() {
        let quota = &Quota::default();
        for (text, low) in [
            ("9223372036854775807", i64::MAX as u64),
            ("9223372036854775808", 1 << 63),
            ("-9223372036854775808", 1 << 63),
            ("-9223372036854775809", (1 << 63) - 1),
            ("18446744073709551616", 0),
            ("-18446744073709551617", u64::MAX),
        ] {
            let value = parse_integer(text.as_bytes(), 10, &Quota::default()).unwrap();
            assert_eq!(value.to_string(), text);
            assert_eq!(value.low_bits(), low, "{text}");
            let sum = value.compute(Operation::Add, &Integer::Small(1), quota).unwrap();
            assert_eq!(sum.compute(Operation::Subtract, &Integer::Small(1), quota), Ok(value), "{text}");
        }
    }
}
