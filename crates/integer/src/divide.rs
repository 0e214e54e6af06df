//! Quotients and remainders: word by word (Knuth's algorithm D), and for long divisors by halves (Burnikel and Ziegler), which leaves the work to
//! multiplication. Words of a quotient come from reciprocals, as Möller and Granlund found them, since machines divide slowly.
//!
//! A divisor is normal: its first bit is set. Dividends are shifted likewise.

use crate::multiply::{multiply, scratch as multiply_scratch};
use crate::words::{add_to, compare_long, subtract_from, subtract_product};
use crate::work::PIECE;
use crate::{BITS, Double, Stopped, Word, Work};

/// Words of a quotient from which on division by halves is faster.
const BY_HALVES: usize = 48;

/// Words of scratch memory for [`divide`], for a quotient and divisor of so many words.
pub(crate) fn scratch(quotient: usize, divisor: usize) -> usize {
    let block = quotient.min(divisor);
    if block < BY_HALVES { 0 } else { divisor.saturating_add(multiply_scratch(block)) }
}

fn double(high: Word, low: Word) -> Double {
    Double::from(high) << BITS | Double::from(low)
}

fn split(double: Double) -> (Word, Word) {
    ((double >> BITS) as Word, double as Word)
}

/// How far a magnitude is to be shifted to be a normal divisor.
pub(crate) fn normal_shift(divisor: &[Word]) -> usize {
    divisor.last().map_or(0, |word| word.leading_zeros() as usize)
}

/// A divisor of one word.
#[derive(Clone, Copy)]
pub(crate) struct Divisor {
    /// The divisor, shifted to be normal.
    normal: Word,
    pub shift: u32,
    /// `(w * w - 1) / normal - w`, where `w` is one more than the greatest word.
    reciprocal: Word,
}

impl Divisor {
    /// The divisor `word`, which is not 0.
    pub fn new(word: Word) -> Divisor {
        let shift = word.leading_zeros();
        let normal = word << shift;
        Divisor { normal, shift, reciprocal: (double(!normal, Word::MAX) / Double::from(normal)) as Word }
    }

    pub fn word(self) -> Word {
        self.normal >> self.shift
    }

    /// Quotient and remainder of two words by the normal divisor. The first of them is less than that.
    #[inline(always)]
    pub fn divide(self, high: Word, low: Word) -> (Word, Word) {
        let (estimate, rest) =
            split((Double::from(self.reciprocal) * Double::from(high)).wrapping_add(double(high, low)));
        let mut quotient = estimate.wrapping_add(1);
        let mut remainder = low.wrapping_sub(quotient.wrapping_mul(self.normal));
        if remainder > rest {
            quotient = quotient.wrapping_sub(1);
            remainder = remainder.wrapping_add(self.normal);
        }
        if remainder >= self.normal {
            quotient = quotient.wrapping_add(1);
            remainder -= self.normal;
        }
        (quotient, remainder)
    }

    /// The quotient of a word by the divisor, below `rest`, the remainder of the words above; and the next remainder. Both are shifted.
    #[inline(always)]
    fn next(self, rest: Word, word: Word) -> (Word, Word) {
        self.divide(rest | word >> 1 >> (Word::BITS - 1 - self.shift), word << self.shift)
    }

    /// Makes `words` their quotient, and answers the remainder.
    pub fn divide_words(self, words: &mut [Word], work: &mut Work<'_>) -> Result<Word, Stopped> {
        let mut rest = 0;
        for piece in words.rchunks_mut(PIECE) {
            for word in piece.iter_mut().rev() {
                (*word, rest) = self.next(rest, *word);
            }
            work.count(piece.len())?;
        }
        Ok(rest >> self.shift)
    }

    /// The remainder of `words`.
    pub fn remainder(self, words: &[Word], work: &mut Work<'_>) -> Result<Word, Stopped> {
        let mut rest = 0;
        for piece in words.rchunks(PIECE) {
            rest = piece.iter().rev().fold(rest, |rest, word| self.next(rest, *word).1);
            work.count(piece.len())?;
        }
        Ok(rest >> self.shift)
    }
}

/// The first two words of a normal divisor.
#[derive(Clone, Copy)]
struct Divisor2 {
    words: Double,
    /// The quotient of all ones in three words by these two, less `w`.
    reciprocal: Word,
}

impl Divisor2 {
    fn new(high: Word, low: Word) -> Divisor2 {
        let mut reciprocal = Divisor::new(high).reciprocal;
        let mut product = high.wrapping_mul(reciprocal).wrapping_add(low);
        if product < low {
            reciprocal -= 1;
            if product >= high {
                reciprocal -= 1;
                product = product.wrapping_sub(high);
            }
            product = product.wrapping_sub(high);
        }
        let (above, below) = split(Double::from(reciprocal) * Double::from(low));
        let (sum, carry) = product.overflowing_add(above);
        if carry {
            reciprocal -= 1;
            if double(sum, below) >= double(high, low) {
                reciprocal -= 1;
            }
        }
        Divisor2 { words: double(high, low), reciprocal }
    }

    /// Quotient and remainder of three words, the first two less than the divisor.
    #[inline(always)]
    fn divide(self, high: Word, middle: Word, low: Word) -> (Word, Double) {
        let (first, second) = split(self.words);
        let (mut quotient, rest) =
            split((Double::from(self.reciprocal) * Double::from(high)).wrapping_add(double(high, middle)));
        let above = middle.wrapping_sub(quotient.wrapping_mul(first));
        let mut remainder =
            double(above, low).wrapping_sub(Double::from(quotient) * Double::from(second)).wrapping_sub(self.words);
        quotient = quotient.wrapping_add(1);
        if split(remainder).0 >= rest {
            quotient = quotient.wrapping_sub(1);
            remainder = remainder.wrapping_add(self.words);
        }
        if remainder >= self.words {
            quotient = quotient.wrapping_add(1);
            remainder -= self.words;
        }
        (quotient, remainder)
    }
}

/// Divides `a` by the normal `b` of at least two words, and not longer than `a`. The quotient is in `quotient`, as long as `a` less `b`, and has a
/// further word, a 1, if the answer is `true`; the remainder is in the first words of `a`, the others are zero.
pub(crate) fn divide(
    a: &mut [Word],
    b: &[Word],
    quotient: &mut [Word],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<bool, Stopped> {
    let n = b.len();
    if n < BY_HALVES || quotient.len() < BY_HALVES {
        return by_words(a, b, quotient, work);
    }
    // Blocks of the quotient, each as long as the divisor; a first one that is shorter.
    let mut end = quotient.len();
    let mut first = None;
    while end > 0 {
        let start = (end - 1) / n * n;
        let (a, quotient) = (&mut a[start..end + n], &mut quotient[start..end]);
        let carry = by_block(a, b, quotient, scratch, work)?;
        first.get_or_insert(carry);
        end = start;
    }
    Ok(first.unwrap_or(false))
}

/// As [`divide`], word by word.
fn by_words(a: &mut [Word], b: &[Word], quotient: &mut [Word], work: &mut Work<'_>) -> Result<bool, Stopped> {
    let n = b.len();
    let high = &mut a[quotient.len()..];
    let carry = compare_long(high, b, work)?.is_ge();
    if carry {
        subtract_from(high, b, work)?;
    }
    let (b1, b0) = (b[n - 1], b[n - 2]);
    let divisor = Divisor2::new(b1, b0);
    for (at, digit) in quotient.iter_mut().enumerate().rev() {
        let row = &mut a[at..at + n + 1];
        let (high, middle, low) = (row[n], row[n - 1], row[n - 2]);
        row[n] = 0;
        if double(high, middle) == divisor.words {
            *digit = Word::MAX;
            subtract_long_product(&mut row[..n], b, Word::MAX, work)?;
            continue;
        }
        let (estimate, remainder) = divisor.divide(high, middle, low);
        *digit = estimate;
        let borrow = subtract_long_product(&mut row[..n - 2], &b[..n - 2], estimate, work)?;
        let (remainder, negative) = remainder.overflowing_sub(Double::from(borrow));
        (row[n - 1], row[n - 2]) = split(remainder);
        if negative {
            *digit -= 1;
            add_to(&mut row[..n], b, work)?;
        }
    }
    Ok(carry)
}

/// As [`subtract_product`], for any length.
fn subtract_long_product(row: &mut [Word], b: &[Word], factor: Word, work: &mut Work<'_>) -> Result<Word, Stopped> {
    let mut borrow = 0;
    for (row, b) in row.chunks_mut(PIECE).zip(b.chunks(PIECE)) {
        borrow = subtract_product(row, b, factor, borrow);
        work.count(b.len())?;
    }
    Ok(borrow)
}

/// As [`divide`], for a quotient that is not longer than `b`: the quotient by the first words of `b`, as many as it has itself, is nearly that by
/// all of them.
fn by_block(
    a: &mut [Word],
    b: &[Word],
    quotient: &mut [Word],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<bool, Stopped> {
    let len = quotient.len();
    if len < BY_HALVES {
        return by_words(a, b, quotient, work);
    }
    let (b0, b1) = b.split_at(b.len() - len);
    let mut carry = by_two_blocks(&mut a[b0.len()..], b1, quotient, scratch, work)?;
    if b0.is_empty() {
        return Ok(carry);
    }
    let a = &mut a[..b.len()];
    let (product, scratch) = scratch.split_at_mut(b.len());
    multiply(product, quotient, b0, scratch, work)?;
    let mut borrows = u8::from(subtract_from(a, product, work)?);
    if carry {
        borrows += u8::from(subtract_from(&mut a[len..], b0, work)?);
    }
    while borrows > 0 {
        carry ^= subtract_from(quotient, &[1], work)?;
        borrows -= u8::from(add_to(a, b, work)?);
    }
    Ok(carry)
}

/// As [`divide`], for a quotient and divisor of one length: half of the quotient, then the other.
fn by_two_blocks(
    a: &mut [Word],
    b: &[Word],
    quotient: &mut [Word],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<bool, Stopped> {
    let half = quotient.len() / 2;
    let carry = by_block(&mut a[half..], b, &mut quotient[half..], scratch, work)?;
    by_block(&mut a[..half + b.len()], b, &mut quotient[..half], scratch, work)?;
    Ok(carry)
}
