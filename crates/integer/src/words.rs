//! Addition, subtraction and products with a word: loops over words, the least significant first.
//!
//! Those that are public are for short numbers, and count nothing.

use core::cmp::Ordering;

use crate::work::PIECE;
use crate::{Stopped, Word, Work};

/// Which of two trimmed magnitudes is greater.
#[inline]
pub fn compare(a: &[Word], b: &[Word]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `a + b` in `sum`, which is as long as `a`, the longer of the two. Answers whether there is one more word, a 1.
#[inline]
pub fn add(sum: &mut [Word], a: &[Word], b: &[Word]) -> bool {
    let (low, high) = a.split_at(b.len());
    let (sum_low, sum_high) = sum.split_at_mut(b.len());
    let mut carry = add_words(sum_low, low, b, false);
    for (sum, a) in sum_high.iter_mut().zip(high) {
        (*sum, carry) = a.overflowing_add(carry.into());
    }
    carry
}

/// `a + b + carry` in `sum`, all of one length. Answers whether there is one more word, a 1.
#[inline(always)]
fn add_words(sum: &mut [Word], a: &[Word], b: &[Word], carry: bool) -> bool {
    let mut carry = carry;
    let ((sums, sum), (many_a, a), (many_b, b)) = (sum.as_chunks_mut::<4>(), a.as_chunks::<4>(), b.as_chunks::<4>());
    for ((sum, a), b) in sums.iter_mut().zip(many_a).zip(many_b) {
        (sum[0], carry) = a[0].carrying_add(b[0], carry);
        (sum[1], carry) = a[1].carrying_add(b[1], carry);
        (sum[2], carry) = a[2].carrying_add(b[2], carry);
        (sum[3], carry) = a[3].carrying_add(b[3], carry);
    }
    for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
        (*sum, carry) = a.carrying_add(*b, carry);
    }
    carry
}

/// `a - b` in `difference`, which is as long as `a`, the greater of the two.
#[inline]
pub fn subtract(difference: &mut [Word], a: &[Word], b: &[Word]) {
    let (low, high) = a.split_at(b.len());
    let (difference_low, difference_high) = difference.split_at_mut(b.len());
    let mut borrow = false;
    for ((difference, a), b) in difference_low.iter_mut().zip(low).zip(b) {
        (*difference, borrow) = a.borrowing_sub(*b, borrow);
    }
    for (difference, a) in difference_high.iter_mut().zip(high) {
        (*difference, borrow) = a.overflowing_sub(borrow.into());
    }
}

/// Adds `a * b` to `product`, whose words from number `a.len()` on are zero. It is as long as both together, or one word shorter if the product is. `b` is
/// not longer than `a`, unless all of `product` is zero.
#[inline]
pub fn multiply(product: &mut [Word], a: &[Word], b: &[Word]) {
    let (pairs, last) = b.as_chunks();
    for (at, pair) in pairs.iter().enumerate() {
        add_two_products(&mut product[2 * at..], a, *pair);
    }
    if let [b] = *last {
        let (row, above) = product[2 * pairs.len()..].split_at_mut(a.len());
        let carry = add_product(row, a, b);
        if let Some(above) = above.first_mut() {
            *above = carry;
        }
    }
}

/// Adds the product of `a` and two words to `product`, which is one word longer than `a` and zero there, and puts a further word above if there is
/// room. To do two words at once saves half of the loads and stores, and neither product waits for the other.
#[inline(always)]
fn add_two_products(product: &mut [Word], a: &[Word], b: [Word; 2]) {
    let (row, above) = product.split_at_mut(a.len());
    let (mut low, mut high, mut before) = (0, 0, 0);
    for (word, a) in row.iter_mut().zip(a) {
        let sum;
        (sum, low) = a.carrying_mul_add(b[0], *word, low);
        (*word, high) = Word::carrying_mul_add(before, b[1], sum, high);
        before = *a;
    }
    (above[0], high) = Word::carrying_mul_add(before, b[1], low, high);
    if let Some(above) = above.get_mut(1) {
        *above = high;
    }
}

/// Adds `a * b` to `row`, as long as `a`; answers the word above.
#[inline(always)]
pub(crate) fn add_product(row: &mut [Word], a: &[Word], b: Word) -> Word {
    let mut carry = 0;
    for (word, a) in row.iter_mut().zip(a) {
        (*word, carry) = a.carrying_mul_add(b, *word, carry);
    }
    carry
}

/// Subtracts `a * b + borrow` from `row`, as long as `a`; answers what is to be subtracted from the word above.
#[inline(always)]
pub(crate) fn subtract_product(row: &mut [Word], a: &[Word], b: Word, borrow: Word) -> Word {
    let mut borrow = borrow;
    for (word, a) in row.iter_mut().zip(a) {
        let (low, high) = a.carrying_mul(b, borrow);
        let less;
        (*word, less) = word.overflowing_sub(low);
        borrow = high + Word::from(less);
    }
    borrow
}

/// Makes `a` `a * factor + carry`; answers the word above.
pub(crate) fn multiply_by_word(
    a: &mut [Word],
    factor: Word,
    carry: Word,
    work: &mut Work<'_>,
) -> Result<Word, Stopped> {
    let mut carry = carry;
    for piece in a.chunks_mut(PIECE) {
        for word in &mut *piece {
            (*word, carry) = word.carrying_mul(factor, carry);
        }
        work.count(piece.len())?;
    }
    Ok(carry)
}

/// Adds 1 to `a` if `carry` is set, and answers whether that overflows.
fn carry_up(a: &mut [Word], carry: bool, work: &mut Work<'_>) -> Result<bool, Stopped> {
    let mut carry = carry;
    for piece in a.chunks_mut(PIECE) {
        for word in &mut *piece {
            if !carry {
                return Ok(false);
            }
            (*word, carry) = word.overflowing_add(1);
        }
        work.count(piece.len())?;
    }
    Ok(carry)
}

/// Adds 1 to `a`, and answers whether that overflows.
pub(crate) fn increment(a: &mut [Word], work: &mut Work<'_>) -> Result<bool, Stopped> {
    carry_up(a, true, work)
}

/// Subtracts 1 from `a` if `borrow` is set, and answers whether that overflows.
fn borrow_up(a: &mut [Word], borrow: bool, work: &mut Work<'_>) -> Result<bool, Stopped> {
    let mut borrow = borrow;
    for piece in a.chunks_mut(PIECE) {
        for word in &mut *piece {
            if !borrow {
                return Ok(false);
            }
            (*word, borrow) = word.overflowing_sub(1);
        }
        work.count(piece.len())?;
    }
    Ok(borrow)
}

/// As [`add`], for magnitudes of any length.
pub(crate) fn add_long(sum: &mut [Word], a: &[Word], b: &[Word], work: &mut Work<'_>) -> Result<bool, Stopped> {
    let (low, high) = a.split_at(b.len());
    let (sum_low, sum_high) = sum.split_at_mut(b.len());
    let mut carry = false;
    for ((sum, a), b) in sum_low.chunks_mut(PIECE).zip(low.chunks(PIECE)).zip(b.chunks(PIECE)) {
        carry = add_words(sum, a, b, carry);
        work.count(b.len())?;
    }
    copy(sum_high, high, work)?;
    carry_up(sum_high, carry, work)
}

/// Adds `b` to `a`, which is not shorter, and answers whether that overflows.
pub(crate) fn add_to(a: &mut [Word], b: &[Word], work: &mut Work<'_>) -> Result<bool, Stopped> {
    let (low, high) = a.split_at_mut(b.len());
    let mut carry = false;
    for (a, b) in low.chunks_mut(PIECE).zip(b.chunks(PIECE)) {
        for (a, b) in a.iter_mut().zip(b) {
            (*a, carry) = a.carrying_add(*b, carry);
        }
        work.count(b.len())?;
    }
    carry_up(high, carry, work)
}

/// Subtracts `b` from `a`, which is not shorter, and answers whether that overflows.
pub(crate) fn subtract_from(a: &mut [Word], b: &[Word], work: &mut Work<'_>) -> Result<bool, Stopped> {
    let (low, high) = a.split_at_mut(b.len());
    let mut borrow = false;
    for (a, b) in low.chunks_mut(PIECE).zip(b.chunks(PIECE)) {
        for (a, b) in a.iter_mut().zip(b) {
            (*a, borrow) = a.borrowing_sub(*b, borrow);
        }
        work.count(b.len())?;
    }
    borrow_up(high, borrow, work)
}

/// Makes `a` `b - a`, both of one length, and answers whether that overflows.
pub(crate) fn reverse_subtract(a: &mut [Word], b: &[Word], work: &mut Work<'_>) -> Result<bool, Stopped> {
    let mut borrow = false;
    for (a, b) in a.chunks_mut(PIECE).zip(b.chunks(PIECE)) {
        for (a, b) in a.iter_mut().zip(b) {
            (*a, borrow) = b.borrowing_sub(*a, borrow);
        }
        work.count(b.len())?;
    }
    Ok(borrow)
}

/// As [`compare`], for magnitudes of any length.
pub(crate) fn compare_long(a: &[Word], b: &[Word], work: &mut Work<'_>) -> Result<Ordering, Stopped> {
    if a.len() != b.len() {
        return Ok(a.len().cmp(&b.len()));
    }
    for (a, b) in a.rchunks(PIECE).zip(b.rchunks(PIECE)) {
        match compare(a, b) {
            Ordering::Equal => work.count(a.len())?,
            order => return Ok(order),
        }
    }
    Ok(Ordering::Equal)
}

/// Copies `from` to `to`, of the same length.
pub(crate) fn copy(to: &mut [Word], from: &[Word], work: &mut Work<'_>) -> Result<(), Stopped> {
    for (to, from) in to.chunks_mut(PIECE).zip(from.chunks(PIECE)) {
        to.copy_from_slice(from);
        work.count(from.len())?;
    }
    Ok(())
}

/// Makes all words zero.
pub(crate) fn clear(words: &mut [Word], work: &mut Work<'_>) -> Result<(), Stopped> {
    for piece in words.chunks_mut(PIECE) {
        piece.fill(0);
        work.count(piece.len())?;
    }
    Ok(())
}
