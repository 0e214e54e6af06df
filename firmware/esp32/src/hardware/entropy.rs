//! Entropy: the generator of random numbers, which the converter of voltages feeds with noise meanwhile. Without a radio nothing
//! else does.

use esp_hal::peripherals::{ADC1, RNG};
use esp_hal::rng::{Trng, TrngSource};

/// Fills `buffer`: `false` if there is no entropy.
pub fn fill(buffer: &mut [u8]) -> bool {
    // SAFETY: the converter measures nothing now, and nobody else uses the generator.
    let _source = unsafe { TrngSource::new(RNG::steal(), ADC1::steal()) };
    let Ok(generator) = Trng::try_new() else { return false };
    generator.read(buffer);
    true
}
