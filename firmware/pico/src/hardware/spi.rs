//! The buses for SPI, each a PL022 by Arm.

use core::cell::Cell;

use berus_runtime::errno::{Errno, INVALID, NO_DEVICE};
use berus_runtime::host::{Pull, SpiBus};
use critical_section::Mutex;

use super::clocks;
use super::pins::{self, User};
use crate::hal::pac::spi0::RegisterBlock;
use crate::hal::pac::{SPI0, SPI1};

/// The buses.
pub static BUSES: [Bus; 2] = [Bus::new(0), Bus::new(1)];

pub struct Bus {
    number: usize,
    /// What the bus was configured with last.
    settings: Mutex<Cell<Option<Settings>>>,
}

/// Bits in a second, and the clock's polarity and phase.
type Settings = (u32, bool, bool);

/// Has the buses stay as fast as they are with another clock.
pub fn retune() {
    for bus in &BUSES {
        let settings = critical_section::with(|section| bus.settings.borrow(section).get());
        if let Some((frequency, polarity, phase)) = settings {
            // One that cannot be so slow any more is as slow as the clock has it.
            let _ = bus.configure(frequency, polarity, phase);
        }
    }
}

/// The usual pins of each bus, and the place among four that each of them has: clock, output, input.
const USUAL: [[usize; 3]; 2] = [[18, 19, 16], [10, 11, 8]];
const PLACES: [usize; 3] = [2, 3, 0];

/// Hands pins over to a bus.
pub fn connect(number: usize, given: &[Option<usize>]) -> Result<(), Errno> {
    let usual = USUAL.get(number).ok_or(NO_DEVICE)?;
    for ((given, usual), place) in given.iter().zip(usual).zip(PLACES) {
        let pin = given.unwrap_or(*usual);
        if pin % 4 != place || pin / 8 % 2 != number {
            return Err(INVALID);
        }
        pins::hand_over(pin, User::Spi, Pull::None);
    }
    Ok(())
}

impl Bus {
    const fn new(number: usize) -> Bus {
        Bus { number, settings: Mutex::new(Cell::new(None)) }
    }

    fn registers(&self) -> &'static RegisterBlock {
        // SAFETY: both are there, and nobody else uses them.
        unsafe { &*if self.number == 0 { SPI0::ptr() } else { SPI1::ptr() } }
    }
}

impl SpiBus for Bus {
    fn configure(&self, frequency: u32, polarity: bool, phase: bool) -> Result<(), Errno> {
        // The clock is divided by an even number, and then by one from 1 to 256.
        let wanted = clocks::peripherals().div_ceil(frequency.max(1));
        let even = wanted.div_ceil(256).next_multiple_of(2).max(2);
        if even > 254 {
            return Err(INVALID);
        }
        let rest = wanted.div_ceil(even).clamp(1, 256) - 1;
        critical_section::with(|section| self.settings.borrow(section).set(Some((frequency, polarity, phase))));
        let registers = self.registers();
        registers.sspcr1().write(|w| w.sse().clear_bit());
        // SAFETY: the numbers are in range.
        unsafe {
            registers.sspcpsr().write(|w| w.bits(even));
            // Eight bits, as Motorola has it.
            registers.sspcr0().write(|w| w.scr().bits(rest as u8).spo().bit(polarity).sph().bit(phase).dss().bits(7));
        }
        registers.sspcr1().write(|w| w.sse().set_bit());
        Ok(())
    }

    fn exchange(&self, byte: u8) -> u8 {
        let registers = self.registers();
        while registers.sspsr().read().tnf().bit_is_clear() {}
        // SAFETY: any byte will do.
        registers.sspdr().write(|w| unsafe { w.data().bits(byte.into()) });
        while registers.sspsr().read().rne().bit_is_clear() {}
        registers.sspdr().read().data().bits() as u8
    }
}
