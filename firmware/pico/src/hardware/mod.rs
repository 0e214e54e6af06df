//! What programs reach of the chip (facts: the datasheets of RP2040 and RP2350).

mod adc;
mod bits;
pub mod clocks;
pub mod entropy;
mod i2c;
mod pins;
mod pio;
pub mod power;
mod pulses;
mod serial;
mod spi;

use core::time::Duration;

use berus_firmware::chip::Chip;
use berus_runtime::errno::Errno;
use berus_runtime::host::pio::Pio;
use berus_runtime::host::{Connection, Edges, Hardware, I2cBus, PinMode, Pull, Pulses, ResetCause, SerialLine, SpiBus};
use cortex_m::peripheral::NVIC;

use crate::hal::pac::{Interrupt, RESETS};

/// The chip.
pub struct Rp;

/// The longest that cycles are counted for instead of the timer's microseconds.
const SHORT: Duration = Duration::from_micros(20);

/// Starts all that is below.
pub fn start(resets: &mut RESETS) {
    clocks::start();
    resets.reset().modify(|_, w| {
        w.adc().clear_bit();
        w.i2c0().clear_bit().i2c1().clear_bit();
        w.io_bank0().clear_bit().pads_bank0().clear_bit();
        w.pwm().clear_bit();
        w.pio0().clear_bit().pio1().clear_bit();
        #[cfg(feature = "rp235x")]
        w.pio2().clear_bit();
        w.spi0().clear_bit().spi1().clear_bit();
        w.uart0().clear_bit().uart1().clear_bit()
    });
    loop {
        let done = resets.reset_done().read();
        let buses = done.i2c0().bit() && done.i2c1().bit() && done.spi0().bit() && done.spi1().bit();
        let lines = done.uart0().bit() && done.uart1().bit();
        let blocks = done.pwm().bit() && done.pio0().bit() && done.pio1().bit();
        #[cfg(feature = "rp235x")]
        let blocks = blocks && done.pio2().bit();
        if buses && lines && blocks && done.adc().bit() && done.io_bank0().bit() && done.pads_bank0().bit() {
            break;
        }
    }
    let numbers = [Interrupt::IO_IRQ_BANK0, Interrupt::UART0_IRQ, Interrupt::UART1_IRQ];
    for number in numbers.iter().chain(&pio::INTERRUPTS) {
        // SAFETY: the handlers of pins, lines and flags are all that it runs.
        unsafe { NVIC::unmask(*number) };
    }
}

impl Hardware for Rp {
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

    fn send_bits(&self, pin: usize, lengths: &[u32; 4], bytes: &[u8]) {
        bits::send(pin, lengths, bytes);
    }

    fn watch_pin(&self, pin: usize, edges: Edges) -> Result<(), Errno> {
        pins::watch(pin, edges);
        Ok(())
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
        spi::BUSES.get(number).map(|bus| bus as &dyn SpiBus)
    }

    fn serial(&self, number: usize) -> Option<&dyn SerialLine> {
        serial::LINES.get(number).map(|line| line as &dyn SerialLine)
    }

    fn pio(&self, number: usize) -> Option<&dyn Pio> {
        pio::BLOCKS.get(number).map(|block| block as &dyn Pio)
    }

    fn next_flags(&self) -> Option<(usize, u8)> {
        pio::next_flags()
    }

    fn bootloader_button(&self) -> Result<bool, Errno> {
        Ok(crate::flash::is_button_pressed())
    }

    fn feed_watchdog(&self, timeout: Duration) -> Result<(), Errno> {
        power::feed_watchdog(timeout)
    }

    fn frequency(&self) -> u32 {
        clocks::processor()
    }

    fn set_frequency(&self, frequency: u32) -> Result<(), Errno> {
        clocks::set_processor(frequency)
    }

    fn set_peripheral_frequency(&self, frequency: u32) -> Result<(), Errno> {
        clocks::set_peripherals(frequency)
    }

    fn unique_id(&self) -> &[u8] {
        crate::flash::number()
    }

    fn reset_cause(&self) -> ResetCause {
        power::cause()
    }

    fn delay(&self, time: Duration) {
        if time < SHORT {
            cortex_m::asm::delay(time.subsec_nanos() * (clocks::processor() / 1_000_000) / 1000);
            return;
        }
        let end = self.now() + time;
        while self.now() < end {}
    }
}
