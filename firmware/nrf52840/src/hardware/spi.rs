//! The bus for SPI that shares nothing with those for I2C.

use berus_runtime::errno::{Errno, INVALID, NO_DEVICE};
use berus_runtime::host::{PinMode, Pull, SpiBus};
use nrf_pac::SPIM2;
use nrf_pac::spim::vals::{Cpha, Cpol, Enable, Frequency};

use super::pins;

/// The number of the bus.
pub const NUMBER: usize = 0;

/// The bus.
pub struct Bus;

/// The usual pins, as on most boards of this chip: clock, output, input.
const USUAL: [usize; 3] = [14, 13, 15];

/// Hands pins over to the bus.
pub fn connect(number: usize, given: &[Option<usize>]) -> Result<(), Errno> {
    if number != NUMBER {
        return Err(NO_DEVICE);
    }
    let [clock, output, input] = super::given_or(given, USUAL);
    SPIM2.enable().write(|w| w.set_enable(Enable::Disabled));
    pins::set_mode(clock, PinMode::Output, Pull::None);
    pins::set_mode(output, PinMode::Output, Pull::None);
    pins::set_mode(input, PinMode::Input, Pull::None);
    SPIM2.psel().sck().write_value(pins::select(clock));
    SPIM2.psel().mosi().write_value(pins::select(output));
    SPIM2.psel().miso().write_value(pins::select(input));
    SPIM2.enable().write(|w| w.set_enable(Enable::Enabled));
    Ok(())
}

impl SpiBus for Bus {
    fn configure(&self, frequency: u32, polarity: bool, phase: bool) -> Result<(), Errno> {
        let frequency = match frequency {
            8_000_000.. => Frequency::M8,
            4_000_000.. => Frequency::M4,
            2_000_000.. => Frequency::M2,
            1_000_000.. => Frequency::M1,
            500_000.. => Frequency::K500,
            250_000.. => Frequency::K250,
            125_000.. => Frequency::K125,
            _ => return Err(INVALID),
        };
        SPIM2.frequency().write(|w| w.set_frequency(frequency));
        SPIM2.config().write(|w| {
            w.set_cpol(if polarity { Cpol::ActiveLow } else { Cpol::ActiveHigh });
            w.set_cpha(if phase { Cpha::Trailing } else { Cpha::Leading });
        });
        Ok(())
    }

    fn exchange(&self, byte: u8) -> u8 {
        let (sent, mut received) = (byte, 0u8);
        SPIM2.dma().tx().ptr().write_value((&raw const sent).expose_provenance() as u32);
        SPIM2.dma().tx().maxcnt().write(|w| w.set_maxcnt(1));
        SPIM2.dma().rx().ptr().write_value((&raw mut received).expose_provenance() as u32);
        SPIM2.dma().rx().maxcnt().write(|w| w.set_maxcnt(1));
        SPIM2.events_end().write_value(0);
        core::sync::atomic::compiler_fence(core::sync::atomic::Ordering::SeqCst);
        SPIM2.tasks_start().write_value(1);
        while SPIM2.events_end().read() == 0 {}
        // SAFETY: the bus has written the byte.
        unsafe { (&raw const received).read_volatile() }
    }
}
