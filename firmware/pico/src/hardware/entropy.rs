//! Entropy: the oscillator that runs free has a bit that is random, but neither balanced nor independent of the bit before.

use crate::hal::pac::ROSC;

/// Pairs that are looked at for a bit at most. An oscillator that does not run gives none.
const PATIENCE: u32 = 1 << 12;

/// Cycles between two looks, in which the oscillator runs away from the processor's clock.
const PAUSE: u32 = 50;

/// A random bit: of pairs of bits that differ, the first (by von Neumann).
fn bit() -> Option<bool> {
    // SAFETY: the register is only read.
    let oscillator = unsafe { ROSC::steal() };
    let look = || {
        cortex_m::asm::delay(PAUSE);
        oscillator.randombit().read().randombit().bit()
    };
    (0..PATIENCE).map(|_| (look(), look())).find(|(first, second)| first != second).map(|(first, _)| first)
}

/// Fills `buffer`: `false` if there is no entropy.
pub fn fill(buffer: &mut [u8]) -> bool {
    for place in buffer {
        let mut byte = 0;
        for _ in 0..8 {
            let Some(bit) = bit() else { return false };
            byte = byte << 1 | u8::from(bit);
        }
        *place = byte;
    }
    true
}
