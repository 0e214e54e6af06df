//! Operations on numbers with signs, each of which says how much room it takes before it is computed.

use crate::bits::{bitwise, shift_left, shift_right, shift_right_down};
use crate::divide::{Divisor, divide, normal_shift, scratch as divide_scratch};
use crate::multiply::{multiply, scratch as multiply_scratch, square, square_scratch};
use crate::words::{add_long, clear, compare_long, copy, increment, reverse_subtract, subtract_from};
use crate::{BITS, Stopped, Word, Work, power, trim};

/// A number: its sign, and its magnitude, whose last word is not 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number<'a> {
    /// Whether it is below 0.
    pub negative: bool,
    /// The magnitude: of 0 no words.
    pub words: &'a [Word],
}

impl<'a> Number<'a> {
    /// The number of this magnitude.
    pub fn positive(words: &'a [Word]) -> Number<'a> {
        Number { negative: false, words }
    }

    /// Whether the number is 0.
    pub fn is_zero(self) -> bool {
        self.words.is_empty()
    }

    /// The number as an index, if it is one.
    pub fn to_usize(self) -> Option<usize> {
        match *self.words {
            [] => Some(0),
            [word] if !self.negative => Some(word as usize),
            _ => None,
        }
    }

    /// Which of two numbers is greater.
    ///
    /// # Errors
    /// If the work is to stop.
    pub fn compare(self, other: Number<'_>, work: &mut Work<'_>) -> Result<core::cmp::Ordering, Stopped> {
        match (self.negative, other.negative) {
            (false, false) => compare_long(self.words, other.words, work),
            (true, true) => compare_long(other.words, self.words, work),
            (a, b) => Ok(b.cmp(&a)),
        }
    }
}

/// Words that a result and its calculation take. The result may turn out to be shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Words of the result.
    pub result: usize,
    /// Words of memory that are of no use afterwards.
    pub scratch: usize,
}

/// A binary operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // Python's operators
pub enum Operation {
    Add,
    Subtract,
    Multiply,
    /// The quotient, rounded down. The divisor is not 0.
    FloorDivide,
    /// The remainder, with the sign of the divisor, which is not 0.
    Modulo,
    And,
    Or,
    Xor,
    /// By a count that is not negative.
    ShiftLeft,
    /// By a count that is not negative, rounded down.
    ShiftRight,
    /// To an exponent that is not negative.
    Power,
}

/// More room than there is.
const NO_ROOM: Room = Room { result: usize::MAX, scratch: 0 };

impl Operation {
    /// The room that `a operation b` takes: at least what the result has, however large that is.
    pub fn room(self, a: Number<'_>, b: Number<'_>) -> Room {
        let (n, m) = (a.words.len(), b.words.len());
        let plain = |result| Room { result, scratch: 0 };
        match self {
            Operation::Add | Operation::Subtract | Operation::And | Operation::Or | Operation::Xor => {
                plain(n.max(m) + 1)
            }
            Operation::Multiply if is_same(a, b) => Room { result: 2 * n, scratch: square_scratch(n) },
            Operation::Multiply => Room { result: n + m, scratch: multiply_scratch(n.min(m)) },
            Operation::FloorDivide if n < m => plain(1),
            Operation::Modulo if n < m => plain(m),
            Operation::FloorDivide if m == 1 => plain(n + 1),
            Operation::Modulo if m == 1 => plain(1),
            Operation::FloorDivide => Room { result: n - m + 2, scratch: n + 1 + m + divide_scratch(n + 1 - m, m) },
            Operation::Modulo => Room { result: m, scratch: 2 * (n + 1) + divide_scratch(n + 1 - m, m) },
            _ if a.is_zero() => plain(1),
            Operation::ShiftLeft => b.to_usize().map_or(NO_ROOM, |count| plain((count / BITS).saturating_add(n + 1))),
            Operation::ShiftRight => plain(n - (b.to_usize().unwrap_or(usize::MAX) / BITS).min(n) + 1),
            Operation::Power if b.is_zero() || a.words == [1] => plain(1),
            Operation::Power => b.to_usize().map_or(NO_ROOM, |exponent| power::room(a.words, exponent)),
        }
    }

    /// Computes `a operation b`: the magnitude into all of `result`, with zeros above. Answers whether it is negative, unless it is 0.
    ///
    /// `result` and `scratch` are as long as [`Operation::room`] says, and may hold anything.
    ///
    /// # Errors
    /// If the work is to stop.
    pub fn compute(
        self,
        a: Number<'_>,
        b: Number<'_>,
        result: &mut [Word],
        scratch: &mut [Word],
        work: &mut Work<'_>,
    ) -> Result<bool, Stopped> {
        match self {
            Operation::Add => sum(a, b, result, work),
            Operation::Subtract => sum(a, Number { negative: !b.negative, ..b }, result, work),
            Operation::Multiply => {
                if is_same(a, b) {
                    square(result, a.words, scratch, work)?;
                } else {
                    multiply(result, a.words, b.words, scratch, work)?;
                }
                Ok(a.negative != b.negative)
            }
            Operation::FloorDivide => quotient(a, b, result, scratch, work),
            Operation::Modulo => remainder(a, b, result, scratch, work),
            Operation::And | Operation::Or | Operation::Xor => bitwise(self, a, b, result, work),
            Operation::Power if b.is_zero() || a.words == [1] => {
                result[0] = 1;
                Ok(a.negative && is_odd(b))
            }
            _ if a.is_zero() => {
                result[0] = 0;
                Ok(false)
            }
            Operation::ShiftLeft => {
                shift_left(result, a.words, b.to_usize().unwrap_or(0), work)?;
                Ok(a.negative)
            }
            Operation::ShiftRight => {
                shift_right_down(result, a, b.to_usize().unwrap_or(usize::MAX), work)?;
                Ok(a.negative)
            }
            Operation::Power => {
                power::power(a.words, b.to_usize().unwrap_or(0), result, scratch, work)?;
                Ok(a.negative && is_odd(b))
            }
        }
    }
}

/// Whether the numbers have one magnitude, in one place.
fn is_same(a: Number<'_>, b: Number<'_>) -> bool {
    core::ptr::eq(a.words, b.words)
}

fn is_odd(number: Number<'_>) -> bool {
    number.words.first().is_some_and(|word| word & 1 != 0)
}

fn sum(a: Number<'_>, b: Number<'_>, result: &mut [Word], work: &mut Work<'_>) -> Result<bool, Stopped> {
    let (long, short) = if a.words.len() < b.words.len() { (b, a) } else { (a, b) };
    let (low, above) = result.split_at_mut(long.words.len());
    above.fill(0);
    if a.negative == b.negative {
        above[0] = add_long(low, long.words, short.words, work)?.into();
        return Ok(a.negative);
    }
    copy(low, long.words, work)?;
    if compare_long(long.words, short.words, work)?.is_lt() {
        reverse_subtract(low, short.words, work)?;
        return Ok(short.negative);
    }
    subtract_from(low, short.words, work)?;
    Ok(long.negative)
}

/// Divides `a` by `b`, of at least two words and not longer: quotient into all of `quotient`, remainder into the first words of `rest`, one word longer
/// than `a`, both still shifted as the divisor was, by the answer.
fn divide_shifted<'r>(
    a: Number<'_>,
    b: Number<'_>,
    quotient: &mut [Word],
    normal: &mut [Word],
    rest: &'r mut [Word],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<(&'r [Word], usize), Stopped> {
    let shift = normal_shift(b.words);
    shift_left(normal, b.words, shift, work)?;
    shift_left(rest, a.words, shift, work)?;
    divide(rest, normal, quotient, scratch, work)?;
    Ok((&rest[..b.words.len()], shift))
}

fn quotient(
    a: Number<'_>,
    b: Number<'_>,
    result: &mut [Word],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<bool, Stopped> {
    let (n, m) = (a.words.len(), b.words.len());
    let negative = a.negative != b.negative;
    let remains = match *b.words {
        _ if n < m => {
            result.fill(0);
            n > 0
        }
        [divisor] => {
            copy(&mut result[..n], a.words, work)?;
            result[n] = 0;
            Divisor::new(divisor).divide_words(&mut result[..n], work)? != 0
        }
        _ => {
            let (rest, scratch) = scratch.split_at_mut(n + 1);
            let (normal, scratch) = scratch.split_at_mut(m);
            let last = result.len() - 1;
            result[last] = 0;
            let (rest, _) = divide_shifted(a, b, &mut result[..last], normal, rest, scratch, work)?;
            negative && !trim(rest).is_empty()
        }
    };
    if negative && remains {
        increment(result, work)?;
    }
    Ok(negative)
}

fn remainder(
    a: Number<'_>,
    b: Number<'_>,
    result: &mut [Word],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<bool, Stopped> {
    let (n, m) = (a.words.len(), b.words.len());
    match *b.words {
        _ if n < m => {
            copy(&mut result[..n], a.words, work)?;
            clear(&mut result[n..], work)?;
        }
        [divisor] => result[0] = Divisor::new(divisor).remainder(a.words, work)?,
        _ => {
            let (rest, scratch) = scratch.split_at_mut(n + 1);
            let (digits, scratch) = scratch.split_at_mut(n + 1 - m);
            let (normal, scratch) = scratch.split_at_mut(m);
            let (rest, shift) = divide_shifted(a, b, digits, normal, rest, scratch, work)?;
            shift_right(result, rest, shift, work)?;
        }
    }
    if a.negative != b.negative && !trim(result).is_empty() {
        reverse_subtract(result, b.words, work)?;
    }
    Ok(b.negative)
}
