//! The buses for SPI that have pins of the board.

use berus_runtime::errno::{Errno, INVALID, NO_DEVICE};
use berus_runtime::host::{Pull, SpiBus};
use stm32_metapac::spi::Spi;
use stm32_metapac::spi::vals::{Br, Cpha, Cpol, Mstr};
use stm32_metapac::{SPI1, SPI2};

use super::pins::{self, User};
use crate::clocks;

/// The number that the buses have at their pins.
const PART: u8 = 5;

/// The buses, from 1 on: at the pins X6, X8 and X7, and Y6, Y8 and Y7, for clock, output and input.
static BUSES: [Bus; 2] = [
    Bus { registers: SPI1, is_fast: true, pins: [5, 7, 6] },
    Bus { registers: SPI2, is_fast: false, pins: [29, 31, 30] },
];

pub struct Bus {
    registers: Spi,
    is_fast: bool,
    pins: [usize; 3],
}

/// The bus with this number.
pub fn bus(number: usize) -> Option<&'static Bus> {
    BUSES.get(number.checked_sub(1)?)
}

/// Hands pins over to a bus, which has no choice of them.
pub fn connect(number: usize, given: &[Option<usize>]) -> Result<(), Errno> {
    let bus = bus(number).ok_or(NO_DEVICE)?;
    if given.iter().zip(bus.pins).any(|(given, own)| given.is_some_and(|given| given != own)) {
        return Err(INVALID);
    }
    for pin in bus.pins {
        pins::hand_over(pin, User::Part(PART), Pull::None);
    }
    Ok(())
}

impl SpiBus for Bus {
    fn configure(&self, frequency: u32, polarity: bool, phase: bool) -> Result<(), Errno> {
        let clock = if self.is_fast { clocks::fast_bus() } else { clocks::slow_bus() };
        // The clock is divided by a power of two, from the first to the eighth.
        let divider = (1..=8u8).find(|power| clock >> power <= frequency).ok_or(INVALID)?;
        self.registers.cr1().write(|w| w.set_spe(false));
        self.registers.cr1().write(|w| {
            w.set_mstr(Mstr::MASTER);
            w.set_br(Br::from_bits(divider - 1));
            w.set_cpol(if polarity { Cpol::IDLE_HIGH } else { Cpol::IDLE_LOW });
            w.set_cpha(if phase { Cpha::SECOND_EDGE } else { Cpha::FIRST_EDGE });
            // No other controller is at the bus.
            w.set_ssm(true);
            w.set_ssi(true);
            w.set_spe(true);
        });
        Ok(())
    }

    fn exchange(&self, byte: u8) -> u8 {
        while !self.registers.sr().read().txe() {}
        self.registers.dr().write(|w| w.set_dr(byte.into()));
        while !self.registers.sr().read().rxne() {}
        self.registers.dr().read().dr() as u8
    }
}
