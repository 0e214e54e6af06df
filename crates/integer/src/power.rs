//! Powers.

use crate::bits::{shift_left, shift_right};
use crate::logarithm::bits_of_power;
use crate::multiply::{multiply, scratch as multiply_scratch, square, square_scratch};
use crate::words::{copy, multiply_by_word};
use crate::{BITS, Room, Stopped, Word, Work, trim};

/// The zeros at the end of a magnitude, in bits.
fn trailing_zeros(base: &[Word]) -> usize {
    let zeros = base.iter().position(|word| *word != 0).unwrap_or(base.len());
    zeros * BITS + base.get(zeros).map_or(0, |word| word.trailing_zeros() as usize)
}

/// Words of the power of `base` without the zeros at its end, while it is computed.
fn odd_words(base: &[Word], exponent: usize, zeros: usize) -> usize {
    let bits = bits_of_power(base, exponent).saturating_sub(zeros.saturating_mul(exponent));
    // A product of two numbers may have two words more than it needs.
    bits / BITS + 3
}

/// Room for `base` to the power of `exponent`, neither of them 0.
pub(crate) fn room(base: &[Word], exponent: usize) -> Room {
    let zeros = trailing_zeros(base);
    let odd = odd_words(base, exponent, zeros);
    let result = (zeros.saturating_mul(exponent) / BITS).saturating_add(odd).saturating_add(1);
    let scratch =
        odd.saturating_add(base.len()).saturating_add(square_scratch(odd / 2 + 1).max(multiply_scratch(base.len())));
    Room { result, scratch }
}

/// The power of `base` in all of `result`; both as [`room`] says. The bits of the exponent say from the first on when to square, and when to multiply.
pub(crate) fn power(
    base: &[Word],
    exponent: usize,
    result: &mut [Word],
    scratch: &mut [Word],
    work: &mut Work<'_>,
) -> Result<(), Stopped> {
    let zeros = trailing_zeros(base);
    let (odd, scratch) = scratch.split_at_mut(base.len() - zeros / BITS);
    shift_right(odd, base, zeros, work)?;
    let odd = trim(odd);
    let (other, scratch) = scratch.split_at_mut(odd_words(base, exponent, zeros));
    let (mut value, mut free) = (&mut *other, &mut *result);
    value[..odd.len()].copy_from_slice(odd);
    let mut len = odd.len();
    let mut is_in_result = false;
    for bit in (0..exponent.ilog2()).rev() {
        square(&mut free[..2 * len], &value[..len], scratch, work)?;
        core::mem::swap(&mut value, &mut free);
        is_in_result = !is_in_result;
        len = trim(&value[..2 * len]).len();
        if exponent >> bit & 1 == 0 {
            continue;
        }
        if let [factor] = *odd {
            let carry = multiply_by_word(&mut value[..len], factor, 0, work)?;
            if carry != 0 {
                value[len] = carry;
                len += 1;
            }
        } else {
            multiply(&mut free[..len + odd.len()], &value[..len], odd, scratch, work)?;
            core::mem::swap(&mut value, &mut free);
            is_in_result = !is_in_result;
            len = trim(&value[..len + odd.len()]).len();
        }
    }
    if is_in_result {
        copy(&mut free[..len], &value[..len], work)?;
    }
    shift_left(result, &other[..len], zeros * exponent, work)
}
