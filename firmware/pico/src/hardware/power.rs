//! Reset, and the watchdog.

use core::sync::atomic::{AtomicU8, Ordering};
use core::time::Duration;

use berus_runtime::errno::{Errno, INVALID};
use berus_runtime::host::ResetCause;

use crate::hal::pac::{PSM, WATCHDOG};

/// Steps of the watchdog in a microsecond: the RP2040's counts each twice (its erratum E1).
const STEPS: u128 = if cfg!(feature = "rp2040") { 2 } else { 1 };

/// The longest time that the watchdog has, in steps.
const MOST: u128 = 0xff_ffff;

/// Why the board was started: bits of the register `REASON`.
const TIMER: u8 = 1;
const FORCED: u8 = 2;
static REASON: AtomicU8 = AtomicU8::new(0);

fn watchdog() -> WATCHDOG {
    // SAFETY: nobody else uses it once the clocks run.
    unsafe { WATCHDOG::steal() }
}

/// Notes why the board was started, and stops the watchdog.
pub fn start() {
    REASON.store(watchdog().reason().read().bits() as u8, Ordering::Relaxed);
    watchdog().ctrl().modify(|_, w| w.enable().clear_bit());
}

/// Why the board was started last. A program's reset is one that the watchdog is asked for.
pub fn cause() -> ResetCause {
    match REASON.load(Ordering::Relaxed) {
        reason if reason & TIMER != 0 => ResetCause::Watchdog,
        reason if reason & FORCED != 0 || was_button() => ResetCause::Reset,
        _ => ResetCause::PowerOn,
    }
}

/// Whether the pin RUN, where a button is, has started the board.
#[cfg(feature = "rp2040")]
fn was_button() -> bool {
    // SAFETY: the register is only read.
    unsafe { crate::hal::pac::VREG_AND_CHIP_RESET::steal() }.chip_reset().read().had_run().bit()
}

#[cfg(feature = "rp235x")]
fn was_button() -> bool {
    // SAFETY: the register is only read.
    unsafe { crate::hal::pac::POWMAN::steal() }.chip_reset().read().had_run_low().bit()
}

/// Has the watchdog start anew all but the oscillators.
fn reach_all() {
    // SAFETY: nobody else uses it.
    let parts = unsafe { PSM::steal() };
    // SAFETY: all bits are of parts that may be started anew.
    parts.wdsel().write(|w| unsafe { w.bits(0x01ff_ffff) }.rosc().clear_bit().xosc().clear_bit());
}

/// Starts the board anew unless this is called again in time.
pub fn feed_watchdog(timeout: Duration) -> Result<(), Errno> {
    let steps = timeout.as_micros() * STEPS;
    if steps > MOST {
        return Err(INVALID);
    }
    reach_all();
    // SAFETY: any time will do that fits.
    watchdog().load().write(|w| unsafe { w.bits(steps as u32) });
    watchdog().ctrl().modify(|_, w| w.enable().set_bit());
    Ok(())
}

/// Starts the board anew.
pub fn reset() -> ! {
    reach_all();
    loop {
        watchdog().ctrl().modify(|_, w| w.trigger().set_bit());
    }
}

/// Starts the boot ROM, which takes another firmware over USB.
#[cfg(feature = "rp2040")]
pub fn bootloader() -> ! {
    crate::hal::rom_data::reset_to_usb_boot(0, 0)
}

#[cfg(feature = "rp235x")]
pub fn bootloader() -> ! {
    use crate::hal::reboot::{RebootArch, RebootKind, reboot};

    reboot(RebootKind::BootSel { picoboot_disabled: false, msd_disabled: false }, RebootArch::Normal)
}
