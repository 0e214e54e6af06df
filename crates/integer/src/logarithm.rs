//! How many digits numbers take, from a logarithm to a few digits.

use crate::{BITS, Word, bit_len};

/// Bits behind the point of a logarithm.
const FRACTION: u32 = 16;

/// The binary logarithm of a magnitude other than 0 in 65536ths, rounded down.
fn logarithm(words: &[Word]) -> u64 {
    let bits = bit_len(words);
    // The first bits as a number from 1 to 2, with 31 bits behind the point. It is squared for each bit of the fraction.
    let first = |at: usize| words.len().checked_sub(at).map_or(0, |at| u128::from(words[at]));
    let zeros = words.last().map_or(0, |word| word.leading_zeros());
    let top = first(1) << BITS | first(2);
    let mut mantissa = (top << (128 - 2 * BITS) << zeros >> 96) as u64;
    let mut fraction = 0;
    for _ in 0..FRACTION {
        mantissa = (mantissa * mantissa) >> 31;
        fraction <<= 1;
        if mantissa >> 32 != 0 {
            mantissa >>= 1;
            fraction |= 1;
        }
    }
    ((bits - 1) as u64) << FRACTION | fraction
}

/// Bits that a magnitude other than 0 to the power of `exponent` has at most.
pub(crate) fn bits_of_power(words: &[Word], exponent: usize) -> usize {
    let bits = (logarithm(words) + 2).saturating_mul(exponent as u64) >> FRACTION;
    usize::try_from(bits).unwrap_or(usize::MAX).saturating_add(1)
}

/// Decimal digits that a number of `bits` bits has at most.
pub(crate) fn decimal_digits(bits: usize) -> usize {
    let digits = ((bits as u64) << FRACTION) / logarithm(&[10]);
    digits as usize + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_close() {
        for n in 1..10_000 {
            let exact = (n as f64).log2() * 65536.0;
            let found = logarithm(&[n]) as f64;
            assert!(exact - 2.0 < found && found <= exact, "{n}: {found} {exact}");
        }
        let max = (1_u64 << 32) - 1;
        assert_eq!(logarithm(&[0, 0, 1]) >> FRACTION, 2 * BITS as u64);
        assert!(logarithm(&[0, max as Word]) < (2 * BITS as u64) << FRACTION);
    }
}
