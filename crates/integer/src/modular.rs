//! Powers to a modulus.

use crate::bits::{shift_left, shift_right};
use crate::divide::{Divisor, divide, normal_shift, scratch as divide_scratch};
use crate::multiply::{multiply, scratch as multiply_scratch, square, square_scratch};
use crate::words::{copy, reverse_subtract};
use crate::{BITS, Double, Number, Room, Stopped, Word, Work, bit_len, trim};

/// Bits of an exponent of `bits` bits that are taken at once: as many products fewer, for a table of powers, which must not be too large.
fn window(exponent: &[Word], modulus: &[Word]) -> usize {
    match bit_len(exponent) {
        _ if modulus.len() > 256 => 1,
        0..32 => 1,
        32..256 => 3,
        _ => 5,
    }
}

/// Room for the power of `base` to `exponent` by `modulus`, which is not 0.
pub fn power_modulo_room(base: Number<'_>, exponent: &[Word], modulus: Number<'_>) -> Room {
    let (base, n) = (base.words, modulus.words.len());
    let table = n.saturating_mul(1 << window(exponent, modulus.words));
    let product = (2 * n).max(base.len()) + 1;
    let scratch = square_scratch(n).max(multiply_scratch(n)).max(divide_scratch(product - n, n));
    Room { result: n, scratch: table.saturating_add(2 * product).saturating_add(scratch) }
}

/// The remainder by `modulus`, which is not 0, of `base` to the power of `exponent`, which is not below 0: its magnitude in all of `result`, both as long
/// as [`power_modulo_room`] says. Answers whether it is negative, unless it is 0: it has the sign of the modulus.
///
/// # Errors
/// If the work is to stop.
pub fn power_modulo(
    base: Number<'_>,
    exponent: &[Word],
    modulus: Number<'_>,
    result: &mut [Word],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<bool, Stopped> {
    power_of_magnitudes(base.words, exponent, modulus.words, result, scratch, work)?;
    let negative = base.negative && bit(exponent, 0) != 0;
    if negative != modulus.negative && !trim(result).is_empty() {
        reverse_subtract(result, modulus.words, work)?;
    }
    Ok(modulus.negative)
}

fn power_of_magnitudes(
    base: &[Word],
    exponent: &[Word],
    modulus: &[Word],
    result: &mut [Word],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<(), Stopped> {
    if let [modulus] = *modulus {
        result[0] = power_modulo_word(base, exponent, modulus, work)?;
        return Ok(());
    }
    let n = modulus.len();
    // Remainders by a multiple of the modulus whose first bit is set do as well, until the end.
    let shift = normal_shift(modulus);
    let (normal, scratch) = scratch.split_at_mut(n);
    shift_left(normal, modulus, shift, work)?;
    let room = (2 * n).max(base.len()) + 1;
    let (product, scratch) = scratch.split_at_mut(room);
    let (quotient, scratch) = scratch.split_at_mut(room - n);
    let mut reduce = |product: &mut [Word], scratch: &mut [Word], work: &mut Work<'_>| {
        divide(product, normal, &mut quotient[..product.len() - n], scratch, work)
    };
    let window = window(exponent, modulus);
    let (powers, scratch) = scratch.split_at_mut(n << window);
    // The powers 0 and 1, then each from the one before.
    product.fill(0);
    product[..base.len()].copy_from_slice(base);
    reduce(product, scratch, work)?;
    powers[..n].fill(0);
    powers[0] = 1;
    powers[n..2 * n].copy_from_slice(&product[..n]);
    let product = &mut product[..2 * n];
    for number in 2..1 << window {
        let (before, power) = powers.split_at_mut(number * n);
        multiply(product, &before[n..2 * n], &before[(number - 1) * n..], scratch, work)?;
        reduce(product, scratch, work)?;
        power[..n].copy_from_slice(&product[..n]);
    }
    result.fill(0);
    result[0] = 1;
    for place in (0..bit_len(exponent).div_ceil(window)).rev() {
        for _ in 0..window {
            square(product, result, scratch, work)?;
            reduce(product, scratch, work)?;
            copy(result, &product[..n], work)?;
        }
        let digit = (0..window).rev().fold(0, |digit, bit| digit << 1 | self::bit(exponent, place * window + bit));
        if digit != 0 {
            multiply(product, result, &powers[digit * n..][..n], scratch, work)?;
            reduce(product, scratch, work)?;
            copy(result, &product[..n], work)?;
        }
    }
    // From the remainder by the multiple to that by the modulus.
    product.fill(0);
    shift_left(&mut product[..n + 1], result, shift, work)?;
    reduce(&mut product[..n + 1], scratch, work)?;
    shift_right(result, &product[..n], shift, work)?;
    Ok(())
}

fn bit(words: &[Word], at: usize) -> usize {
    words.get(at / BITS).map_or(0, |word| (word >> (at % BITS) & 1) as usize)
}

fn power_modulo_word(base: &[Word], exponent: &[Word], modulus: Word, work: &mut Work<'_>) -> Result<Word, Stopped> {
    let divisor = Divisor::new(modulus);
    let shift = divisor.shift;
    // Remainders are kept shifted like the divisor.
    let times = |a: Word, b: Word| {
        let product = Double::from(a) * Double::from(b >> shift);
        divisor.divide((product >> BITS) as Word, product as Word).1
    };
    let base = divisor.remainder(base, work)? << shift;
    let mut power = if modulus == 1 { 0 } else { 1 << shift };
    for at in (0..bit_len(exponent)).rev() {
        power = times(power, power);
        if bit(exponent, at) != 0 {
            power = times(power, base);
        }
        work.count(2)?;
    }
    Ok(power >> shift)
}
