//! The bus for SPI that is not the flash's.

use core::cell::RefCell;

use berus_runtime::errno::{Errno, INVALID, NO_DEVICE};
use berus_runtime::host::SpiBus;
use critical_section::Mutex;
use esp_hal::Blocking;
use esp_hal::peripherals::SPI2;
use esp_hal::spi::Mode;
use esp_hal::spi::master::{Config, Spi};
use esp_hal::time::Rate;

use super::pins;

/// The number of the bus, as MicroPython counts.
pub const NUMBER: usize = 1;

/// The bus.
pub static BUS: Bus = Bus(Mutex::new(RefCell::new(None)));

pub struct Bus(Mutex<RefCell<Option<Spi<'static, Blocking>>>>);

/// The usual pins: clock, output, input.
const USUAL: [usize; 3] = [6, 7, 2];

/// Hands pins over to the bus.
pub fn connect(number: usize, given: &[Option<usize>]) -> Result<(), Errno> {
    if number != NUMBER {
        return Err(NO_DEVICE);
    }
    let [clock, output, input] = super::given_or(given, USUAL);
    let (clock, output, input) = (pins::hand_over(clock)?, pins::hand_over(output)?, pins::hand_over(input)?);
    critical_section::with(|section| {
        let mut bus = BUS.0.borrow_ref_mut(section);
        // The driver before lets its pins go.
        *bus = None;
        // SAFETY: nobody else uses the bus.
        let driver = Spi::new(unsafe { SPI2::steal() }, Config::default()).map_err(|_| INVALID)?;
        *bus = Some(driver.with_sck(clock).with_mosi(output).with_miso(input));
        Ok(())
    })
}

impl SpiBus for Bus {
    fn configure(&self, frequency: u32, polarity: bool, phase: bool) -> Result<(), Errno> {
        let mode = match (polarity, phase) {
            (false, false) => Mode::_0,
            (false, true) => Mode::_1,
            (true, false) => Mode::_2,
            (true, true) => Mode::_3,
        };
        // The highest that there is, for who asks for more.
        let config = Config::default().with_frequency(Rate::from_hz(frequency.min(80_000_000))).with_mode(mode);
        critical_section::with(|section| match &mut *self.0.borrow_ref_mut(section) {
            Some(driver) => driver.apply_config(&config).map_err(|_| INVALID),
            None => Err(NO_DEVICE),
        })
    }

    fn exchange(&self, byte: u8) -> u8 {
        let mut bytes = [byte];
        critical_section::with(|section| {
            if let Some(driver) = &mut *self.0.borrow_ref_mut(section) {
                // A transfer by the processor does not fail.
                let _ = driver.transfer(&mut bytes);
            }
        });
        bytes[0]
    }
}
