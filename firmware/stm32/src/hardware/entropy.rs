//! Entropy: the chip's generator of random numbers, which looks after itself.

use stm32_metapac::RNG;

use crate::clocks::comes;

/// Bytes of a number.
const NUMBER: usize = 4;

/// A random number, if the generator is well.
fn number() -> Option<u32> {
    let is_well = || {
        let state = RNG.sr().read();
        !state.seis() && !state.ceis() && !state.secs() && !state.cecs()
    };
    (comes(|| RNG.sr().read().drdy()) && is_well()).then(|| RNG.dr().read())
}

/// Fills `buffer`: `false` if there is no entropy.
pub fn fill(buffer: &mut [u8]) -> bool {
    // It starts anew, without the faults that it may have had.
    RNG.cr().write(|w| w.set_rngen(false));
    RNG.sr().write(|_| {});
    RNG.cr().write(|w| w.set_rngen(true));
    let mut before = None;
    for piece in buffer.chunks_mut(NUMBER) {
        // Two in a row that are the same are no random ones, nor is the first, which nothing was before.
        if before.is_none() {
            before = number();
        }
        let Some(number) = number().filter(|number| before != Some(*number)) else { return false };
        before = Some(number);
        piece.copy_from_slice(&number.to_le_bytes()[..piece.len()]);
    }
    true
}
