//! Time by the counter that every Cortex-M has, SysTick (facts: the architecture's manual).

use core::cell::Cell;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{SCB, SYST};
use cortex_m_rt::exception;
use critical_section::Mutex;

/// Milliseconds since the start.
static MILLISECONDS: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));

/// Cycles of the processor in a millisecond.
static CYCLES: AtomicU32 = AtomicU32::new(1);

/// Counts milliseconds from now on, each of so many cycles of the processor, at most 2^24.
pub fn start(mut counter: SYST, cycles: u32) {
    CYCLES.store(cycles, Ordering::Relaxed);
    counter.set_clock_source(SystClkSource::Core);
    counter.set_reload(cycles - 1);
    counter.clear_current();
    counter.enable_interrupt();
    counter.enable_counter();
}

/// Time since the start.
pub fn now() -> Duration {
    let cycles = CYCLES.load(Ordering::Relaxed);
    let (milliseconds, passed) = critical_section::with(|section| {
        let mut milliseconds = MILLISECONDS.borrow(section).get();
        let mut left = SYST::get_current();
        if SCB::is_pendst_pending() {
            // The counter has begun anew, and nobody has counted that.
            left = SYST::get_current();
            milliseconds += 1;
        }
        (milliseconds, cycles - 1 - left.min(cycles - 1))
    });
    Duration::from_millis(milliseconds) + Duration::from_nanos(u64::from(passed) * 1_000_000 / u64::from(cycles))
}

#[exception]
fn SysTick() {
    critical_section::with(|section| {
        let milliseconds = MILLISECONDS.borrow(section);
        milliseconds.set(milliseconds.get() + 1);
    });
}
