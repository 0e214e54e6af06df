//! What programs reach of the chip (facts: ST's manual RM0090 and the data sheet of the STM32F405).

mod adc;
pub mod entropy;
mod i2c;
mod pins;
pub mod power;
mod pulses;
pub mod serial;
mod spi;

use core::ptr::with_exposed_provenance;
use core::time::Duration;

use berus_firmware::chip::Chip;
use berus_runtime::errno::Errno;
use berus_runtime::host::{Connection, Edges, Hardware, I2cBus, PinMode, Pull, Pulses, ResetCause, SerialLine, SpiBus};
use stm32_metapac::{RCC, UID};

use crate::chip::CHIP;
use crate::clocks;

/// The chip.
pub struct Stm32;

/// What has not come to be in time.
const TIMED_OUT: Errno = Errno(110);

/// The longest that cycles are counted for instead of the timer's.
const SHORT: Duration = Duration::from_micros(20);

/// Bytes of the chip's number.
const NUMBER: usize = 12;

/// Starts all that is below.
pub fn start() {
    power::start();
    RCC.ahb1enr().modify(|w| {
        w.set_gpioaen(true);
        w.set_gpioben(true);
        w.set_gpiocen(true);
        w.set_gpioden(true);
    });
    RCC.ahb2enr().modify(|w| w.set_rngen(true));
    RCC.apb1enr().modify(|w| {
        w.set_i2c1en(true);
        w.set_i2c2en(true);
        w.set_spi2en(true);
        w.set_tim2en(true);
        w.set_tim3en(true);
        w.set_tim4en(true);
        w.set_tim5en(true);
        w.set_uart4en(true);
        w.set_usart2en(true);
        w.set_usart3en(true);
    });
    RCC.apb2enr().modify(|w| {
        w.set_adc1en(true);
        w.set_spi1en(true);
        w.set_syscfgen(true);
        w.set_usart1en(true);
        w.set_usart6en(true);
    });
    pins::start();
}

/// Waits without letting anything else run.
fn wait(time: Duration) {
    if time < SHORT {
        cortex_m::asm::delay(time.subsec_nanos() * (clocks::processor() / 1_000_000) / 1000);
        return;
    }
    let end = CHIP.now() + time;
    while CHIP.now() < end {}
}

impl Hardware for Stm32 {
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
        i2c::bus(number).map(|bus| bus as &dyn I2cBus)
    }

    fn spi(&self, number: usize) -> Option<&dyn SpiBus> {
        spi::bus(number).map(|bus| bus as &dyn SpiBus)
    }

    fn serial(&self, number: usize) -> Option<&dyn SerialLine> {
        serial::LINES.get(number)?.as_ref().map(|line| line as &dyn SerialLine)
    }

    fn feed_watchdog(&self, timeout: Duration) -> Result<(), Errno> {
        power::feed_watchdog(timeout)
    }

    fn frequency(&self) -> u32 {
        clocks::processor()
    }

    fn unique_id(&self) -> &[u8] {
        if clocks::is_emulated() {
            return &[];
        }
        let number = with_exposed_provenance::<[u8; NUMBER]>(UID.as_ptr().expose_provenance());
        // SAFETY: the number is there, and never changes.
        unsafe { &*number }
    }

    fn reset_cause(&self) -> ResetCause {
        power::cause()
    }

    fn delay(&self, time: Duration) {
        wait(time);
    }
}
