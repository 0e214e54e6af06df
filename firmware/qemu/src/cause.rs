//! Why the board was started: what was noted before, in memory that a reset leaves alone.

use berus_runtime::host::ResetCause;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::chip::Register;
use crate::{FLASH_LEN, ROM_LEN, STORAGE};

/// The word behind the partitions, and what is noted there.
// SAFETY: there is memory, which nothing else uses.
const NOTE: Register = unsafe { Register::at(STORAGE + ROM_LEN + FLASH_LEN) };
const RESET: u32 = 0x7e5e_0001;
const WATCHDOG: u32 = 0x7e5e_0002;

/// Whether a watchdog has started the board, and whether a reset has.
static BY_WATCHDOG: AtomicBool = AtomicBool::new(false);
static BY_RESET: AtomicBool = AtomicBool::new(false);

/// Reads the note, once, and forgets it.
pub fn start() {
    BY_WATCHDOG.store(NOTE.read() == WATCHDOG, Ordering::Relaxed);
    BY_RESET.store(NOTE.read() == RESET, Ordering::Relaxed);
    NOTE.write(0);
}

/// Notes why the board is about to start anew.
pub fn note(cause: ResetCause) {
    NOTE.write(if cause == ResetCause::Watchdog { WATCHDOG } else { RESET });
}

/// Why the board was started last.
pub fn last() -> ResetCause {
    match (BY_WATCHDOG.load(Ordering::Relaxed), BY_RESET.load(Ordering::Relaxed)) {
        (true, _) => ResetCause::Watchdog,
        (_, true) => ResetCause::Reset,
        _ => ResetCause::PowerOn,
    }
}
