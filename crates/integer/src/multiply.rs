//! Products and squares: word by word where the shorter factor is short, else by Karatsuba's three products of halves.

use crate::words::{
    add_product, add_to, compare_long, copy, multiply as multiply_words, reverse_subtract, subtract_from,
};
use crate::{BITS, Double, Stopped, Word, Work};

/// Words of the shorter factor from which on three products of halves are faster than four.
const KARATSUBA: usize = 32;

/// Words of a number from which on that holds for its square.
const KARATSUBA_SQUARE: usize = 48;

/// Words of the longer factor that are multiplied in one go.
const ROW: usize = 512;

/// Words of scratch memory for [`multiply`], if the shorter factor has `short` words.
///
/// A product of halves takes twice half of the longer factor, which is less than twice the shorter; what it needs itself adds up to as
/// much again, and a word or two for each time that an odd length is halved.
pub(crate) fn scratch(short: usize) -> usize {
    if short < KARATSUBA { 0 } else { short.saturating_mul(4).saturating_add(2 * BITS) }
}

/// Words of scratch memory for [`square`].
pub(crate) fn square_scratch(len: usize) -> usize {
    if len < KARATSUBA_SQUARE { 0 } else { len.saturating_mul(2).saturating_add(2 * BITS) }
}

/// `a * b` in all of `product`, which is as long as both together.
pub(crate) fn multiply(
    product: &mut [Word],
    a: &[Word],
    b: &[Word],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<(), Stopped> {
    let (long, short) = if a.len() < b.len() { (b, a) } else { (a, b) };
    if short.len() < KARATSUBA {
        return by_rows(product, long, short, work);
    }
    let half = long.len().div_ceil(2);
    if short.len() > half {
        return by_halves(product, half, long, short, scratch, work);
    }
    // Pieces of the longer factor, each as long as the shorter. Two products in a row have a piece in common.
    let n = short.len();
    let (partial, scratch) = scratch.split_at_mut(2 * n);
    for (number, piece) in long.chunks(n).enumerate() {
        let product = &mut product[number * n..][..piece.len() + n];
        if number == 0 {
            multiply(product, short, piece, scratch, work)?;
            continue;
        }
        let partial = &mut partial[..piece.len() + n];
        multiply(partial, short, piece, scratch, work)?;
        let (common, above) = product.split_at_mut(n);
        copy(above, &partial[n..], work)?;
        if add_to(common, &partial[..n], work)? {
            crate::words::increment(above, work)?;
        }
    }
    Ok(())
}

/// The product with a short factor.
fn by_rows(product: &mut [Word], long: &[Word], short: &[Word], work: &mut Work<'_>) -> Result<(), Stopped> {
    product[..short.len()].fill(0);
    for (number, row) in long.chunks(ROW).enumerate() {
        let product = &mut product[number * ROW..][..row.len() + short.len()];
        product[short.len()..].fill(0);
        // Carries go to words that are still zero: beyond the longer of the two.
        let (long, short) = if row.len() < short.len() { (short, row) } else { (row, short) };
        multiply_words(product, long, short);
        work.count(row.len() * short.len())?;
    }
    Ok(())
}

/// Makes `difference`, as long as `a`, `a - b` or `b - a`, whichever is not negative. Answers whether that was `b - a`. `b` is not longer than `a`.
fn distance(difference: &mut [Word], a: &[Word], b: &[Word], work: &mut Work<'_>) -> Result<bool, Stopped> {
    copy(difference, a, work)?;
    let (low, high) = a.split_at(b.len());
    if crate::trim(high).is_empty() && compare_long(low, b, work)?.is_lt() {
        reverse_subtract(&mut difference[..b.len()], b, work)?;
        return Ok(true);
    }
    subtract_from(difference, b, work)?;
    Ok(false)
}

/// The product of `a` and `b`, which are longer than `half` words, and at most twice that.
///
/// With `a = a1 * w + a0`, and `b` likewise, the middle of the product is `a0 * b1 + a1 * b0 = a0 * b0 + a1 * b1 - (a0 - a1) * (b0 - b1)`.
fn by_halves(
    product: &mut [Word],
    half: usize,
    a: &[Word],
    b: &[Word],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<(), Stopped> {
    let ((a0, a1), (b0, b1)) = (a.split_at(half), b.split_at(half));
    let (middle, scratch) = scratch.split_at_mut(2 * half);
    let (a_distance, b_distance) = product[..2 * half].split_at_mut(half);
    let crossed = distance(a_distance, a0, a1, work)? != distance(b_distance, b0, b1, work)?;
    multiply(middle, a_distance, b_distance, scratch, work)?;
    let (low, high) = product.split_at_mut(2 * half);
    multiply(low, a0, b0, scratch, work)?;
    multiply(high, a1, b1, scratch, work)?;
    add_middle(product, half, middle, crossed, work)
}

/// Adds the middle of a product whose halves are there, `middle` being the product of the differences, to subtract unless these have different
/// signs.
fn add_middle(
    product: &mut [Word],
    half: usize,
    middle: &mut [Word],
    crossed: bool,
    work: &mut Work<'_>,
) -> Result<(), Stopped> {
    let (low, high) = product.split_at(2 * half);
    let (mut carries, mut borrows) = (0, 0);
    if crossed {
        carries += Word::from(add_to(middle, low, work)?);
    } else {
        borrows += Word::from(reverse_subtract(middle, low, work)?);
    }
    carries += Word::from(add_to(middle, high, work)?);
    let above = &mut product[half..];
    let carry = add_to(&mut above[..2 * half], middle, work)?;
    // What the middle has above its words: never negative.
    let carry = (carries + Word::from(carry)).wrapping_sub(borrows);
    if carry != 0 {
        add_to(&mut above[2 * half..], &[carry], work)?;
    }
    Ok(())
}

/// `a * a` in all of `product`, which is twice as long.
pub(crate) fn square(
    product: &mut [Word],
    a: &[Word],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<(), Stopped> {
    if a.len() < KARATSUBA_SQUARE {
        square_words(product, a);
        return work.count(a.len() * a.len() / 2);
    }
    let half = a.len().div_ceil(2);
    let (a0, a1) = a.split_at(half);
    let (middle, scratch) = scratch.split_at_mut(2 * half);
    let (low, high) = product.split_at_mut(2 * half);
    distance(&mut low[..half], a0, a1, work)?;
    square(middle, &low[..half], scratch, work)?;
    square(low, a0, scratch, work)?;
    square(high, a1, scratch, work)?;
    add_middle(product, half, middle, false, work)
}

/// The square, word by word: products of different words once, then all doubled, and the squares of the words.
fn square_words(product: &mut [Word], a: &[Word]) {
    product.fill(0);
    for (at, word) in a.iter().enumerate() {
        let (row, above) = product[2 * at + 1..].split_at_mut(a.len() - at - 1);
        above[0] = add_product(row, &a[at + 1..], *word);
    }
    let (mut bit, mut carry) = (0, 0);
    for (pair, word) in product.chunks_exact_mut(2).zip(a) {
        let doubled = [pair[0] << 1 | bit, pair[1] << 1 | pair[0] >> (BITS - 1)];
        bit = pair[1] >> (BITS - 1);
        let square = Double::from(*word) * Double::from(*word) + Double::from(carry) + Double::from(doubled[0]);
        let high = (square >> BITS) + Double::from(doubled[1]);
        pair[0] = square as Word;
        pair[1] = high as Word;
        carry = (high >> BITS) as Word;
    }
}
