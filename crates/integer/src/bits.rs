//! Shifts, and operators on the bits of numbers as two's complement, which have any number of sign bits.

use crate::words::{clear, increment};
use crate::work::PIECE;
use crate::{BITS, Number, Operation, Stopped, Word, Work};

/// The word of `number` in two's complement whose magnitude has `word` there. `carry` is set for the first word.
#[inline(always)]
pub(crate) fn complement(word: Word, negative: bool, carry: &mut bool) -> Word {
    if !negative {
        return word;
    }
    let (word, more) = (!word).overflowing_add((*carry).into());
    *carry = more;
    word
}

/// `a operation b` in all of `result`, which is one word longer than both. Answers whether that is negative.
pub(crate) fn bitwise(
    operation: Operation,
    a: Number<'_>,
    b: Number<'_>,
    result: &mut [Word],
    work: &mut Work<'_>,
) -> Result<bool, Stopped> {
    let combine = |a: Word, b: Word| match operation {
        Operation::And => a & b,
        Operation::Or => a | b,
        _ => a ^ b,
    };
    let negative = combine(a.negative.into(), b.negative.into()) != 0;
    let (mut a_carry, mut b_carry, mut carry) = (true, true, true);
    let mut at = 0;
    for piece in result.chunks_mut(PIECE) {
        for word in &mut *piece {
            let a = complement(a.words.get(at).copied().unwrap_or(0), a.negative, &mut a_carry);
            let b = complement(b.words.get(at).copied().unwrap_or(0), b.negative, &mut b_carry);
            *word = complement(combine(a, b), negative, &mut carry);
            at += 1;
        }
        work.count(piece.len())?;
    }
    Ok(negative)
}

/// `a << count` in all of `result`, which has a word more for each word of bits, and one more.
pub(crate) fn shift_left(result: &mut [Word], a: &[Word], count: usize, work: &mut Work<'_>) -> Result<(), Stopped> {
    let (low, high) = result.split_at_mut(count / BITS);
    clear(low, work)?;
    let bits = (count % BITS) as u32;
    let mut carry = 0;
    for (result, a) in high.chunks_mut(PIECE).zip(a.chunks(PIECE)) {
        for (result, a) in result.iter_mut().zip(a) {
            *result = *a << bits | carry;
            carry = *a >> 1 >> (Word::BITS - 1 - bits);
        }
        work.count(a.len())?;
    }
    high[a.len()..].fill(0);
    if let Some(above) = high.get_mut(a.len()) {
        *above = carry;
    }
    Ok(())
}

/// `a >> count` in all of `result`, which is as long as `a` less a word for each word of bits. Answers whether other than zeros went away.
pub(crate) fn shift_right(result: &mut [Word], a: &[Word], count: usize, work: &mut Work<'_>) -> Result<bool, Stopped> {
    let (low, high) = a.split_at(a.len().min(count / BITS));
    let bits = (count % BITS) as u32;
    let mut lost = false;
    for piece in low.chunks(PIECE) {
        lost = lost || piece.iter().any(|word| *word != 0);
        work.count(piece.len())?;
    }
    let Some(first) = high.first() else { return Ok(lost) };
    let above = high[1..].iter().copied().chain([0]);
    let mut pairs = high.iter().copied().zip(above);
    for piece in result.chunks_mut(PIECE) {
        for (result, (word, above)) in piece.iter_mut().zip(&mut pairs) {
            *result = word >> bits | above << 1 << (Word::BITS - 1 - bits);
        }
        work.count(piece.len())?;
    }
    Ok(lost || first.trailing_zeros() < bits)
}

/// `a >> count`, rounded down, in all of `result`, which is one word longer than [`shift_right`] wants.
pub(crate) fn shift_right_down(
    result: &mut [Word],
    a: Number<'_>,
    count: usize,
    work: &mut Work<'_>,
) -> Result<(), Stopped> {
    let last = result.len() - 1;
    result[last] = 0;
    if shift_right(&mut result[..last], a.words, count, work)? && a.negative {
        increment(result, work)?;
    }
    Ok(())
}
