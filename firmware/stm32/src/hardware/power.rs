//! Reset, the watchdog, and what takes another firmware.

use core::ptr::with_exposed_provenance;
use core::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use core::time::Duration;

use berus_runtime::errno::{Errno, INVALID};
use berus_runtime::host::ResetCause;
use cortex_m::peripheral::SCB;
use stm32_metapac::iwdg::vals::{Key, Pr};
use stm32_metapac::{IWDG, RCC, SYSCFG};

use crate::clocks::{comes, is_emulated};

/// Why the board was started, as what [`cause`] answers.
static CAUSE: AtomicU8 = AtomicU8::new(POWER);
const POWER: u8 = 0;
const RESET: u8 = 1;
const WATCHDOG: u8 = 2;
const SLEEP: u8 = 3;

/// Where ST's own program begins that takes another firmware over USB.
const BOOTLOADER: usize = 0x1fff_0000;

/// What is noted to have that program started.
const WANTED: u32 = 0xb007_10ad;

/// What was noted: the linker puts this where a reset leaves memory alone.
#[unsafe(link_section = ".uninit.note")]
static NOTE: AtomicU32 = AtomicU32::new(0);

/// Starts the program that takes another firmware, if that is wanted.
pub fn start_bootloader() {
    if NOTE.swap(0, Ordering::Relaxed) != WANTED || is_emulated() {
        return;
    }
    RCC.apb2enr().modify(|w| w.set_syscfgen(true));
    // The program expects to lie at 0, too.
    SYSCFG.memrm().write(|w| w.set_mem_mode(1));
    // SAFETY: there is the table of vectors of a program, and nothing has been started yet that it could mind.
    unsafe { cortex_m::asm::bootload(with_exposed_provenance(BOOTLOADER)) }
}

/// Notes why the board was started.
pub fn start() {
    let flags = RCC.csr().read();
    let cause = match () {
        () if flags.wdgrstf() || flags.wwdgrstf() => WATCHDOG,
        () if flags.sftrstf() => RESET,
        () if flags.lpwrrstf() => SLEEP,
        // The pin for resets has a part in all of them.
        () if flags.padrstf() && !flags.porrstf() && !flags.borrstf() => RESET,
        () => POWER,
    };
    CAUSE.store(cause, Ordering::Relaxed);
    RCC.csr().modify(|w| w.set_rmvf(true));
}

/// Why the board was started last.
pub fn cause() -> ResetCause {
    match CAUSE.load(Ordering::Relaxed) {
        RESET => ResetCause::Reset,
        WATCHDOG => ResetCause::Watchdog,
        SLEEP => ResetCause::DeepSleep,
        _ => ResetCause::PowerOn,
    }
}

/// Starts the board anew unless this is called again in time. The watchdog has a clock of its own, of 32 kHz or so.
pub fn feed_watchdog(timeout: Duration) -> Result<(), Errno> {
    let cycles = timeout.as_millis() * 32;
    // The clock is divided by a power of two, from the second to the eighth.
    let power = (2..=8).find(|power| cycles >> power <= 1 << 12).ok_or(INVALID)?;
    let steps = ((cycles >> power) as u16).max(1);
    IWDG.kr().write(|w| w.set_key(Key::START));
    if IWDG.rlr().read().rl() != steps - 1 || IWDG.pr().read().pr() != Pr::from_bits(power - 2) {
        IWDG.kr().write(|w| w.set_key(Key::ENABLE));
        IWDG.pr().write(|w| w.set_pr(Pr::from_bits(power - 2)));
        IWDG.rlr().write(|w| w.set_rl(steps - 1));
        comes(|| !IWDG.sr().read().pvu() && !IWDG.sr().read().rvu());
    }
    IWDG.kr().write(|w| w.set_key(Key::RESET));
    Ok(())
}

/// Starts what takes another firmware.
pub fn bootloader() -> ! {
    NOTE.store(WANTED, Ordering::Relaxed);
    SCB::sys_reset()
}
