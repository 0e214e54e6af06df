//! The clocks: 168 MHz for the processor, from the board's crystal (facts: ST's manual RM0090, "Reset and clock control").

use core::sync::atomic::{AtomicU32, Ordering};

use stm32_metapac::rcc::vals::{Hpre, Pllm, Plln, Pllp, Pllq, Pllsrc, Ppre, Sw};
use stm32_metapac::{FLASH, RCC, flash};

/// Cycles in a second of the processor when all is well, and when the crystal does not oscillate.
const FULL: u32 = 168_000_000;
const INTERNAL: u32 = 16_000_000;

/// How often is looked whether something has come to be. A crystal takes some milliseconds, fewer looks than these.
const PATIENCE: u32 = 200_000;

static PROCESSOR: AtomicU32 = AtomicU32::new(INTERNAL);

/// Cycles of the processor in a second.
pub fn processor() -> u32 {
    PROCESSOR.load(Ordering::Relaxed)
}

fn is_full() -> bool {
    processor() == FULL
}

/// Cycles in a second of the slower of the buses that parts of the chip are at.
pub fn slow_bus() -> u32 {
    if is_full() { FULL / 4 } else { INTERNAL }
}

/// Cycles in a second of the faster bus.
pub fn fast_bus() -> u32 {
    if is_full() { FULL / 2 } else { INTERNAL }
}

/// Cycles in a second of the timers at the slower bus.
pub fn slow_timers() -> u32 {
    if is_full() { FULL / 2 } else { INTERNAL }
}

/// Whether something comes to be in time.
pub fn comes(has_come: impl Fn() -> bool) -> bool {
    (0..PATIENCE).any(|_| has_come())
}

/// Whether this is QEMU's chip, which has no registers of clocks, nor much else: the chip itself starts with its internal
/// oscillator, which says there that it runs, and goes on running.
pub fn is_emulated() -> bool {
    !RCC.cr().read().hsirdy()
}

/// Starts the clocks. The processor keeps its internal oscillator if the crystal does not oscillate; QEMU's has the full
/// frequency from the start.
pub fn start() {
    if is_emulated() || use_crystal() {
        PROCESSOR.store(FULL, Ordering::Relaxed);
    }
}

/// Has the crystal, of 12 MHz, drive all: whether it does.
fn use_crystal() -> bool {
    RCC.cr().modify(|w| w.set_hseon(true));
    if !comes(|| RCC.cr().read().hserdy()) {
        RCC.cr().modify(|w| w.set_hseon(false));
        return false;
    }
    RCC.pllcfgr().modify(|w| {
        w.set_pllsrc(Pllsrc::HSE);
        w.set_pllm(Pllm::DIV12);
        w.set_plln(Plln::MUL336);
        w.set_pllp(Pllp::DIV2);
        // 48 MHz, for random numbers.
        w.set_pllq(Pllq::DIV7);
    });
    RCC.cr().modify(|w| w.set_pllon(true));
    if !comes(|| RCC.cr().read().pllrdy()) {
        return false;
    }
    // Flash is slower than the processor, which shows less with caches.
    FLASH.acr().write(|w| {
        w.set_latency(flash::vals::Latency::WS5);
        w.set_prften(true);
        w.set_icen(true);
        w.set_dcen(true);
    });
    RCC.cfgr().modify(|w| {
        w.set_hpre(Hpre::DIV1);
        w.set_ppre1(Ppre::DIV4);
        w.set_ppre2(Ppre::DIV2);
    });
    RCC.cfgr().modify(|w| w.set_sw(Sw::PLL1_P));
    comes(|| RCC.cfgr().read().sws() == Sw::PLL1_P)
}
