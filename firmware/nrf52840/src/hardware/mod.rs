//! What programs reach of the chip (facts: "nRF52840 Product Specification").

mod adc;
pub mod entropy;
mod i2c;
mod pins;
pub mod power;
mod pulses;
mod serial;
mod spi;

use core::time::Duration;

use berus_firmware::chip::Chip;
use berus_runtime::errno::Errno;
use berus_runtime::host::{Connection, Edges, Hardware, I2cBus, PinMode, Pull, Pulses, ResetCause, SerialLine, SpiBus};

use crate::chip::{FREQUENCY, unmask};

/// The chip.
pub struct Nrf;

/// The longest that cycles are counted for instead of the timer's microseconds.
const SHORT: Duration = Duration::from_micros(20);

/// Has what is below interrupt.
pub fn start() {
    unmask(&[pins::INTERRUPT, serial::INTERRUPT]);
}

/// The pins that were given, and the usual ones in place of those that were not.
fn given_or<const N: usize>(given: &[Option<usize>], usual: [usize; N]) -> [usize; N] {
    let mut pins = usual;
    for (pin, given) in pins.iter_mut().zip(given) {
        *pin = given.unwrap_or(*pin);
    }
    pins
}

impl Hardware for Nrf {
    fn pins(&self) -> &'static [&'static str] {
        pins::NAMES
    }

    fn find_pin(&self, name: &str) -> Option<usize> {
        pins::find(name)
    }

    fn set_pin_mode(&self, pin: usize, mode: PinMode, pull: Pull) -> Result<(), Errno> {
        pins::set_mode(pin, mode, pull);
        Ok(())
    }

    fn pin_level(&self, pin: usize) -> bool {
        pins::level(pin)
    }

    fn driven_level(&self, pin: usize) -> bool {
        pins::driven_level(pin)
    }

    fn drive_pin(&self, pin: usize, level: bool) {
        pins::drive(pin, level);
    }

    fn watch_pin(&self, pin: usize, edges: Edges) -> Result<(), Errno> {
        pins::watch(pin, edges)
    }

    fn next_change(&self) -> Option<(usize, Edges)> {
        pins::next_change()
    }

    fn analog_pins(&self) -> &'static [usize] {
        &adc::PINS
    }

    fn analog_level(&self, pin: usize) -> Result<u16, Errno> {
        adc::level(pin)
    }

    fn set_pulses(&self, pin: usize, pulses: Option<Pulses>) -> Result<(), Errno> {
        pulses::set(pin, pulses)
    }

    fn connect(&self, what: Connection, number: usize, pins: &[Option<usize>]) -> Result<(), Errno> {
        match what {
            Connection::I2c => i2c::connect(number, pins),
            Connection::Spi => spi::connect(number, pins),
            Connection::Serial => serial::connect(number, pins),
        }
    }

    fn i2c(&self, number: usize) -> Option<&dyn I2cBus> {
        i2c::BUSES.get(number).map(|bus| bus as &dyn I2cBus)
    }

    fn spi(&self, number: usize) -> Option<&dyn SpiBus> {
        (number == spi::NUMBER).then_some(&spi::Bus)
    }

    fn serial(&self, number: usize) -> Option<&dyn SerialLine> {
        (number == serial::NUMBER).then_some(&serial::LINE)
    }

    fn feed_watchdog(&self, timeout: Duration) -> Result<(), Errno> {
        power::feed_watchdog(timeout)
    }

    fn frequency(&self) -> u32 {
        FREQUENCY
    }

    fn unique_id(&self) -> &[u8] {
        power::number()
    }

    fn reset_cause(&self) -> ResetCause {
        power::cause()
    }

    fn delay(&self, time: Duration) {
        if time < SHORT {
            cortex_m::asm::delay(time.subsec_nanos() * (FREQUENCY / 1_000_000) / 1000);
            return;
        }
        let end = self.now() + time;
        while self.now() < end {}
    }
}
