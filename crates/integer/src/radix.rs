//! Numbers as text, and back.
//!
//! In a base that is a power of 2 a digit is some bits. In others, digits are first put together into words: digits of a greater base, `10 ** 19` with
//! words of 64 bits. Pairs of these, pairs of pairs and so on become one number each, in place, by multiplication with a power of the base; and the
//! other way, a number is divided by such powers, down to words. So long numbers take little more than a few products of their size.

use crate::bits::{shift_left, shift_right};
use crate::divide::{Divisor, divide, normal_shift, scratch as divide_scratch};
use crate::logarithm::decimal_digits;
use crate::multiply::{multiply, scratch as multiply_scratch, square};
use crate::words::{add_to, clear, copy, multiply_by_word};
use crate::work::PIECE;
use crate::{BITS, Double, Room, Stopped, Word, Work, bit_len, trim};

/// Words up to which a number becomes text and back by work on single words.
const FEW: usize = 24;

/// How many digits of `base` fit a word, and `base` to this power.
fn digits_of_word(base: Word) -> (usize, Word) {
    let (mut digits, mut power) = (1, base);
    while let Some(next) = power.checked_mul(base) {
        power = next;
        digits += 1;
    }
    (digits, power)
}

/// The bits of a digit, if `base` is a power of 2.
fn bits_of_digit(base: u32) -> Option<usize> {
    base.is_power_of_two().then_some(base.trailing_zeros() as usize)
}

/// Room for the magnitude of a text of `digits` digits in `base`, from 2 to 36.
pub fn read_room(digits: usize, base: u32) -> Room {
    match bits_of_digit(base) {
        Some(bits) => Room { result: (digits.saturating_mul(bits) / BITS).saturating_add(1), scratch: 0 },
        None => {
            let words = digits.div_ceil(digits_of_word(base as Word).0);
            let scratch = multiply_scratch(words / 2 + 1).saturating_add(words.saturating_mul(2));
            Room { result: words, scratch: if words <= FEW { 0 } else { scratch } }
        }
    }
}

/// The magnitude of a text of digits in `base`, in all of `result`. Bytes that are no digits are passed over.
///
/// `result` and `scratch` are as long as [`read_room`] says for that many digits.
///
/// # Errors
/// If the work is to stop.
pub fn read(
    text: &[u8],
    base: u32,
    result: &mut [Word],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<(), Stopped> {
    let mut free = result.iter_mut();
    match bits_of_digit(base) {
        Some(bits) => {
            let (mut digits, mut filled) = (0 as Double, 0);
            for piece in text.rchunks(PIECE) {
                for digit in piece.iter().rev().filter_map(|byte| char::from(*byte).to_digit(base)) {
                    digits |= Double::from(digit) << filled;
                    filled += bits;
                    if filled >= BITS {
                        free.next().into_iter().for_each(|word| *word = digits as Word);
                        digits >>= BITS;
                        filled -= BITS;
                    }
                }
                work.count(piece.len())?;
            }
            free.next().into_iter().for_each(|word| *word = digits as Word);
            free.for_each(|word| *word = 0);
            Ok(())
        }
        None => {
            let (per_word, greater) = digits_of_word(base as Word);
            let (mut value, mut place, mut count) = (0, 1, 0);
            for piece in text.rchunks(PIECE) {
                for digit in piece.iter().rev().filter_map(|byte| char::from(*byte).to_digit(base)) {
                    value += digit as Word * place;
                    count += 1;
                    if count == per_word {
                        free.next().into_iter().for_each(|word| *word = value);
                        (value, place, count) = (0, 1, 0);
                    } else {
                        place *= base as Word;
                    }
                }
                work.count(piece.len())?;
            }
            free.next().into_iter().for_each(|word| *word = value);
            free.for_each(|word| *word = 0);
            join(result, greater, scratch, work)
        }
    }
}

/// Makes digits of `base` one number, in place.
fn join(digits: &mut [Word], base: Word, scratch: &mut [Word], work: &mut Work<'_>) -> Result<(), Stopped> {
    let n = digits.len();
    for piece in digits.chunks_mut(FEW) {
        join_word_by_word(piece, base, work)?;
    }
    if n <= FEW {
        return Ok(());
    }
    let (power, scratch) = scratch.split_at_mut(n);
    let (product, scratch) = scratch.split_at_mut(n);
    // The power of `base` by which the upper of two pieces counts, whose lower has `size` digits.
    let (mut size, mut len) = (FEW, power_of_word(&mut power[..FEW], base, work)?);
    loop {
        for piece in digits.chunks_mut(2 * size) {
            let Some(upper) = piece.len().checked_sub(size) else { break };
            let product = &mut product[..piece.len()];
            multiply(&mut product[..upper + len], &piece[size..], &power[..len], scratch, work)?;
            product[upper + len..].fill(0);
            add_to(product, &piece[..size], work)?;
            copy(piece, product, work)?;
        }
        size *= 2;
        if size >= n {
            return Ok(());
        }
        square(&mut product[..2 * len], &power[..len], scratch, work)?;
        len = trim(&product[..2 * len]).len();
        copy(&mut power[..len], &product[..len], work)?;
    }
}

/// As [`join`], for at most [`FEW`] digits.
fn join_word_by_word(digits: &mut [Word], base: Word, work: &mut Work<'_>) -> Result<(), Stopped> {
    let mut given = [0; FEW];
    let given = &mut given[..digits.len()];
    given.copy_from_slice(digits);
    for (len, digit) in given.iter().rev().enumerate() {
        digits[len] = multiply_by_word(&mut digits[..len], base, *digit, work)?;
    }
    Ok(())
}

/// `base` to the power of as many digits as `power` has words. Answers how many of these are used.
fn power_of_word(power: &mut [Word], base: Word, work: &mut Work<'_>) -> Result<usize, Stopped> {
    power.fill(0);
    power[0] = 1;
    let mut len = 1;
    for _ in 0..power.len() {
        let carry = multiply_by_word(&mut power[..len], base, 0, work)?;
        if carry != 0 {
            power[len] = carry;
            len += 1;
        }
    }
    Ok(len)
}

/// How many bytes of text, and how many words of scratch memory, [`write()`] takes for a magnitude in `base`: 10 or a power of 2.
pub fn write_room(words: &[Word], base: u32) -> (usize, usize) {
    let bits = bit_len(words);
    if let Some(digit) = bits_of_digit(base) {
        return (bits.div_ceil(digit).max(1), 0);
    }
    let digits = decimal_digits(bits);
    let n = digits.div_ceil(digits_of_word(10).0);
    if n <= FEW {
        return (digits, n);
    }
    // A power takes nearly as many words as its digits, and the quotient by it hardly more.
    let half = n.div_ceil(2);
    let quotient = half + half / 8 + 4;
    let powers = n + BITS;
    let scratch = half + n + 1 + quotient + divide_scratch(quotient, half);
    (digits, n + powers + scratch)
}

/// Writes the digits of a magnitude at the end of `text`, and answers where they start. `text` and `scratch` are as long as [`write_room`] says.
///
/// # Errors
/// If the work is to stop.
pub fn write(
    words: &[Word],
    base: u32,
    text: &mut [u8],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<usize, Stopped> {
    match bits_of_digit(base) {
        Some(bits) => write_bits(words, bits, text, work)?,
        None => {
            let (per_word, greater) = digits_of_word(10);
            let (digits, scratch) = scratch.split_at_mut(text.len().div_ceil(per_word));
            copy(&mut digits[..words.len()], words, work)?;
            clear(&mut digits[words.len()..], work)?;
            take_apart(digits, greater, scratch, work)?;
            let mut digits = digits.iter();
            for piece in text.rchunks_mut(per_word) {
                let mut digit = digits.next().copied().unwrap_or(0);
                for place in piece.iter_mut().rev() {
                    *place = b'0' + (digit % 10) as u8;
                    digit /= 10;
                }
                work.count(per_word)?;
            }
        }
    }
    Ok(text.iter().position(|byte| *byte != b'0').unwrap_or(text.len() - 1))
}

fn write_bits(words: &[Word], bits: usize, text: &mut [u8], work: &mut Work<'_>) -> Result<(), Stopped> {
    let mut words = words.iter().copied();
    let (mut digits, mut filled) = (0 as Double, 0);
    for piece in text.rchunks_mut(PIECE) {
        for place in piece.iter_mut().rev() {
            if filled < bits {
                digits |= Double::from(words.next().unwrap_or(0)) << filled;
                filled += BITS;
            }
            *place = b"0123456789abcdefghijklmnopqrstuv"[(digits & ((1 << bits) - 1)) as usize];
            digits >>= bits;
            filled -= bits;
        }
        work.count(piece.len())?;
    }
    Ok(())
}

/// Makes a number its digits of `base`, in place.
fn take_apart(digits: &mut [Word], base: Word, scratch: &mut [Word], work: &mut Work<'_>) -> Result<(), Stopped> {
    let base = Divisor::new(base);
    let n = digits.len();
    // The lower of two halves has so many digits, after so many halvings. The powers of `base` that part them follow each other from the least on.
    let size = |halvings: u32| n.div_ceil(1 << halvings);
    let halvings = (0..).find(|halvings| size(*halvings) <= FEW).unwrap_or(0);
    let (powers, scratch) = scratch.split_at_mut((1..=halvings).map(size).sum());
    let (mut before, mut rest) = (&mut [] as &mut [Word], &mut *powers);
    for halving in (1..=halvings).rev() {
        let (power, next) = rest.split_at_mut(size(halving));
        if halving == halvings {
            power_of_word(power, base.word(), work)?;
        } else {
            let half = trim(before);
            let (product, scratch) = scratch.split_at_mut(2 * half.len());
            square(product, half, scratch, work)?;
            if size(halving) % 2 != 0 {
                base.divide_words(product, work)?;
            }
            let product = trim(product);
            copy(&mut power[..product.len()], product, work)?;
            clear(&mut power[product.len()..], work)?;
        }
        (before, rest) = (power, next);
    }
    split(digits, n, powers, base, scratch, work)
}

/// Makes a number that may have `size` digits of `base` its digits, in place, with the powers of `base` that part halves.
fn split(
    digits: &mut [Word],
    size: usize,
    powers: &[Word],
    base: Divisor,
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<(), Stopped> {
    if powers.is_empty() {
        return split_word_by_word(digits, base, work);
    }
    let half = size.div_ceil(2);
    let (powers, power) = powers.split_at(powers.len() - half);
    if digits.len() <= half {
        return split(digits, half, powers, base, scratch, work);
    }
    let (value, power) = (trim(digits), trim(power));
    if value.len() >= power.len() {
        let (normal, scratch) = scratch.split_at_mut(power.len());
        let (rest, scratch) = scratch.split_at_mut(value.len() + 1);
        let (quotient, scratch) = scratch.split_at_mut(value.len() + 1 - power.len());
        let shift = normal_shift(power);
        shift_left(normal, power, shift, work)?;
        shift_left(rest, value, shift, work)?;
        divide(rest, normal, quotient, scratch, work)?;
        let (lower, upper) = digits.split_at_mut(half);
        let (remainder, above) = lower.split_at_mut(power.len());
        shift_right(remainder, &rest[..power.len()], shift, work)?;
        above.fill(0);
        let quotient = trim(quotient);
        copy(&mut upper[..quotient.len()], quotient, work)?;
        clear(&mut upper[quotient.len()..], work)?;
    }
    let (lower, upper) = digits.split_at_mut(half);
    split(lower, half, powers, base, scratch, work)?;
    split(upper, half, powers, base, scratch, work)
}

/// As [`split`], for at most [`FEW`] digits.
fn split_word_by_word(digits: &mut [Word], base: Divisor, work: &mut Work<'_>) -> Result<(), Stopped> {
    let mut found = [0; FEW];
    let found = &mut found[..digits.len()];
    let mut len = digits.len();
    for digit in &mut *found {
        len = trim(&digits[..len]).len();
        *digit = base.divide_words(&mut digits[..len], work)?;
    }
    digits.copy_from_slice(found);
    Ok(())
}
