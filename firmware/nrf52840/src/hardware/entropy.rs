//! Entropy: the chip's generator, which corrects how often each bit comes.

use nrf_pac::RNG;

/// Fills `buffer`.
pub fn fill(buffer: &mut [u8]) {
    RNG.config().write(|w| w.set_dercen(true));
    RNG.tasks_start().write_value(1);
    for place in buffer {
        RNG.events_valrdy().write_value(0);
        while RNG.events_valrdy().read() == 0 {}
        *place = RNG.value().read().value();
    }
    RNG.tasks_stop().write_value(1);
}
