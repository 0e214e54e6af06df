//! The clocks of the processor and of serial lines and SPI (facts: the datasheets, "Clocks" and "PLL"). USB, the converter and
//! the timer have clocks that stay as they are.

use core::sync::atomic::{AtomicU32, Ordering};

use berus_runtime::errno::{Errno, INVALID};

use super::{i2c, pulses, serial, spi};
use crate::hal::pac::{CLOCKS, PLL_SYS, RESETS};

/// Cycles in a second of the crystal, of the clock of USB, and of the processor at first.
pub const CRYSTAL: u32 = 12_000_000;
const USB: u32 = 48_000_000;
const USUAL: u32 = if cfg!(feature = "rp2040") { 125_000_000 } else { 150_000_000 };

/// The most that chips have been seen to do with the voltage that they have.
const MOST: u32 = 300_000_000;

/// Cycles in a second now.
static PROCESSOR: AtomicU32 = AtomicU32::new(USUAL);
static PERIPHERALS: AtomicU32 = AtomicU32::new(USUAL);

/// Sources of the processor's clock: the crystal, and what the upper bits say, that of USB or the loop of its own.
const FROM_USB: u32 = 1 << 5;
const FROM_LOOP: u32 = 0;
const IS_NO_CRYSTAL: u32 = 1;

/// Sources of the clock of serial lines and SPI: the processor's, or that of USB. And that it runs.
const AS_PROCESSOR: u32 = 0;
const AS_USB: u32 = 2 << 5;
const RUNS: u32 = 1 << 11;

/// Cycles of the processor in a second.
pub fn processor() -> u32 {
    PROCESSOR.load(Ordering::Relaxed)
}

/// Cycles in a second of the clock that serial lines and SPI have.
pub fn peripherals() -> u32 {
    PERIPHERALS.load(Ordering::Relaxed)
}

fn clocks() -> CLOCKS {
    // SAFETY: nobody else uses them once they run.
    unsafe { CLOCKS::steal() }
}

/// How the loop multiplies the crystal's frequency, and divides what comes out twice.
#[derive(Clone, Copy)]
struct Setting {
    factor: u32,
    dividers: [u32; 2],
}

impl Setting {
    /// Which factors keep the loop between 750 and 1600 MHz.
    const FACTORS: core::ops::RangeInclusive<u32> = 63..=133;

    /// The setting for a frequency in kilohertz: that with the fastest loop, which is the steadiest.
    fn of(frequency: u32) -> Option<Setting> {
        let dividers = || (1..=7).rev().flat_map(|first| (1..=first).rev().map(move |second| [first, second]));
        Setting::FACTORS.rev().find_map(|factor| {
            let dividers =
                dividers().find(|[first, second]| frequency * first * second == factor * (CRYSTAL / 1000))?;
            Some(Setting { factor, dividers })
        })
    }

    /// Has the loop run so, which nothing has its clock from meanwhile.
    fn set(self) {
        // SAFETY: nobody else uses them.
        let (pll, resets) = unsafe { (PLL_SYS::steal(), RESETS::steal()) };
        resets.reset().modify(|_, w| w.pll_sys().set_bit());
        resets.reset().modify(|_, w| w.pll_sys().clear_bit());
        while resets.reset_done().read().pll_sys().bit_is_clear() {}
        let [first, second] = self.dividers;
        // SAFETY: the numbers are in range.
        unsafe {
            pll.cs().write(|w| w.refdiv().bits(1));
            pll.fbdiv_int().write(|w| w.bits(self.factor));
            pll.pwr().modify(|_, w| w.pd().clear_bit().vcopd().clear_bit());
            while pll.cs().read().lock().bit_is_clear() {}
            pll.prim().write(|w| w.postdiv1().bits(first as u8).postdiv2().bits(second as u8));
        }
        pll.pwr().modify(|_, w| w.postdivpd().clear_bit());
    }
}

/// Has the processor's clock come from another source, by way of the crystal: no other change is without glitches.
fn switch_processor(source: u32) {
    let (clocks, crystal) = (clocks(), 1);
    // SAFETY: the bits are those of sources.
    let switch = |bits: u32| unsafe { clocks.clk_sys_ctrl().write(|w| w.bits(bits)) };
    let wait = |selected: u32| while clocks.clk_sys_selected().read().bits() != selected {};
    switch(clocks.clk_sys_ctrl().read().bits() & !IS_NO_CRYSTAL);
    wait(crystal);
    switch(source);
    switch(source | IS_NO_CRYSTAL);
    wait(crystal << IS_NO_CRYSTAL);
}

/// Has serial lines and SPI have their clock from another source.
fn switch_peripherals(source: u32, frequency: u32) {
    let clocks = clocks();
    // SAFETY: the bits are those of sources.
    unsafe {
        clocks.clk_peri_ctrl().write(|w| w.bits(source));
        // It stops within some of its own cycles.
        cortex_m::asm::delay(100);
        clocks.clk_peri_ctrl().write(|w| w.bits(source | RUNS));
    }
    let before = peripherals();
    PERIPHERALS.store(frequency, Ordering::Relaxed);
    if before != frequency {
        serial::retune();
        spi::retune();
    }
}

/// Has serial lines and SPI keep their clock whatever the processor's is.
pub fn start() {
    switch_peripherals(AS_USB, USB);
}

/// Sets the processor's frequency, in whole kilohertz. Pulses and buses stay as they are, programs of state machines are as
/// much faster or slower. Serial lines and SPI have the clock of USB.
///
/// # Errors
/// `EINVAL` if the chip cannot be so fast or slow.
pub fn set_processor(frequency: u32) -> Result<(), Errno> {
    let kilohertz = frequency / 1000;
    let setting = Setting::of(kilohertz).filter(|_| frequency <= MOST).ok_or(INVALID)?;
    start();
    critical_section::with(|_| {
        switch_processor(FROM_USB);
        setting.set();
        switch_processor(FROM_LOOP);
    });
    PROCESSOR.store(kilohertz * 1000, Ordering::Relaxed);
    i2c::retune();
    pulses::retune();
    Ok(())
}

/// Sets the frequency that serial lines and SPI have their clock at: that of USB, or the processor's.
///
/// # Errors
/// `EINVAL` if it is neither.
pub fn set_peripherals(frequency: u32) -> Result<(), Errno> {
    match frequency {
        USB => switch_peripherals(AS_USB, USB),
        _ if frequency == processor() => switch_peripherals(AS_PROCESSOR, frequency),
        _ => return Err(INVALID),
    }
    Ok(())
}
