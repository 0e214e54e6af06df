//! Numbers as floats, and back.

use crate::{BITS, Number, Word, bit_len};

/// Words of the greatest float.
const WORDS: usize = 1024 / BITS;

impl Number<'_> {
    /// The nearest float, of two the even one; infinite if the number is too large.
    pub fn to_f64(self) -> f64 {
        let bits = bit_len(self.words);
        let magnitude = if bits <= 64 {
            self.words.iter().rev().fold(0, |value, word| value << BITS | u128::from(*word)) as u64 as f64
        } else if bits <= 1024 {
            let shift = bits - 64;
            // The first 64 bits, the last of which is also set if any after it is: more than a float has.
            let word = |at: usize| self.words.get(at).copied().map_or(0, u128::from);
            let (start, skip) = (shift / BITS, shift % BITS);
            let window = (0..=64 / BITS).fold(0, |window, at| window | word(start + at) << (at * BITS));
            let lost = self.words[..start].iter().any(|word| *word != 0) || window & ((1 << skip) - 1) != 0;
            let first = (window >> skip) as u64 | u64::from(lost);
            first as f64 * f64::from_bits((1023 + shift as u64) << 52)
        } else {
            f64::INFINITY
        };
        if self.negative { -magnitude } else { magnitude }
    }
}

/// The magnitude of the whole part of a finite float.
pub fn float_words(value: f64) -> [Word; WORDS] {
    let mut words = [0; WORDS];
    let exponent = (value.to_bits() >> 52 & 0x7ff) as usize;
    let mantissa = value.to_bits() & ((1 << 52) - 1) | 1 << 52;
    let Some(shift) = exponent.checked_sub(1023 + 52) else {
        let value = mantissa.checked_shr((1023 + 52 - exponent) as u32).unwrap_or(0);
        put(&mut words, 0, value.into());
        return words;
    };
    put(&mut words, shift / BITS, u128::from(mantissa) << (shift % BITS));
    words
}

/// Puts `value` into `words` from number `at` on; what is beyond is zero.
fn put(words: &mut [Word], at: usize, value: u128) {
    for (number, word) in words.iter_mut().skip(at).take(128 / BITS).enumerate() {
        *word = (value >> (number * BITS)) as Word;
    }
}
