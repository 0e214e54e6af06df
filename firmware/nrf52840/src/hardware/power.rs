//! Reset, the watchdog, and the number that no other board has.

use core::cell::Cell;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use berus_runtime::errno::{Errno, INVALID};
use berus_runtime::host::ResetCause;
use cortex_m::peripheral::SCB;
use cortex_m::singleton;
use critical_section::Mutex;
use nrf_pac::power::regs::Resetreas;
use nrf_pac::wdt::vals::{Halt, Rr, Sleep};
use nrf_pac::{FICR, POWER, WDT};

/// Steps of the watchdog in a second.
const STEPS: u128 = 32_768;

/// What the boot loader finds in a register that outlives a reset when it is to take another firmware.
const TAKE_ANOTHER: u8 = 0x57;

/// Why the board was started, as the register had it.
static REASON: AtomicU32 = AtomicU32::new(0);

/// The number, once the board has been started.
static NUMBER: Mutex<Cell<&'static [u8]>> = Mutex::new(Cell::new(&[]));

/// Notes why the board was started, and looks up its number.
pub fn start() {
    let reason = POWER.resetreas().read();
    REASON.store(reason.0, Ordering::Relaxed);
    // Reasons are cleared by ones, and would come to those of the next start.
    POWER.resetreas().write_value(reason);
    if let Some(number) = singleton!(: [u8; 8] = read_number()) {
        critical_section::with(|section| NUMBER.borrow(section).set(number));
    }
}

/// The number that the chip was made with.
pub fn read_number() -> [u8; 8] {
    let [low, high] = [0, 1].map(|word| u64::from(FICR.deviceid(word).read()));
    (high << 32 | low).to_be_bytes()
}

/// The number that no other board has.
pub fn number() -> &'static [u8] {
    critical_section::with(|section| NUMBER.borrow(section).get())
}

/// Why the board was started last.
pub fn cause() -> ResetCause {
    let reason = Resetreas(REASON.load(Ordering::Relaxed));
    if reason.dog() {
        ResetCause::Watchdog
    } else if reason.off() {
        ResetCause::DeepSleep
    } else if reason.resetpin() || reason.sreq() || reason.lockup() {
        ResetCause::Reset
    } else {
        ResetCause::PowerOn
    }
}

/// Starts the board anew unless this is called again in time. The time cannot be changed once the watchdog runs.
pub fn feed_watchdog(timeout: Duration) -> Result<(), Errno> {
    let steps = u32::try_from(timeout.as_micros() * STEPS / 1_000_000).map_err(|_| INVALID)?.max(15);
    if !WDT.runstatus().read().runstatus() {
        WDT.config().write(|w| {
            w.set_sleep(Sleep::Run);
            w.set_halt(Halt::Pause);
        });
        WDT.crv().write_value(steps);
        WDT.rren().write(|w| w.set_rr(0, true));
        WDT.tasks_start().write_value(1);
    } else if WDT.crv().read() != steps {
        return Err(INVALID);
    }
    WDT.rr(0).write(|w| w.set_rr(Rr::Reload));
    Ok(())
}

/// Starts the board anew.
pub fn reset() -> ! {
    SCB::sys_reset()
}

/// Starts the boot loader, which takes another firmware over USB.
pub fn bootloader() -> ! {
    POWER.gpregret().write(|w| w.set_gpregret(TAKE_ANOTHER));
    SCB::sys_reset()
}
