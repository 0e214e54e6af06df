//! What programs reach of a board's hardware: pins, buses, converters, timers.
//!
//! A board's firmware says what there is; what programs see of it, the module `machine`, is written once above. Everything
//! has a default that a board without such hardware keeps. Pins are numbers, from 0 on, of which
//! [`pins`](Hardware::pins) has the names. Errors are error numbers.

use core::time::Duration;

use super::pio::Pio;
use crate::errno::{Errno, NO_DEVICE, UNSUPPORTED};

/// The hardware of a board.
pub trait Hardware {
    /// The names of the pins, by their numbers.
    fn pins(&self) -> &'static [&'static str] {
        &[]
    }

    /// The number of the pin that is called `name`: that of its own name, or of another one that the board has for it.
    fn find_pin(&self, name: &str) -> Option<usize> {
        self.pins().iter().position(|pin| *pin == name)
    }

    /// Has a pin be used as `mode` says.
    ///
    /// # Errors
    /// `EINVAL` or `EOPNOTSUPP` if the pin cannot be used so.
    fn set_pin_mode(&self, pin: usize, mode: PinMode, pull: Pull) -> Result<(), Errno> {
        let _ = (pin, mode, pull);
        Err(UNSUPPORTED)
    }

    /// The level of a pin: high or low.
    fn pin_level(&self, pin: usize) -> bool {
        let _ = pin;
        false
    }

    /// The level that a pin is driven to as an output, now or when it becomes one.
    fn driven_level(&self, pin: usize) -> bool {
        self.pin_level(pin)
    }

    /// Drives a pin to a level, now if it is an output, or from when it is one on. One that is an open drain is let go to be
    /// high.
    fn drive_pin(&self, pin: usize, level: bool) {
        let _ = (pin, level);
    }

    /// Sends bits by a pin that is an output, the most significant of each byte first, while nothing else runs. A bit is a high
    /// and a low level, which last for the nanoseconds that `lengths` has for a 0, then for a 1; by default as much longer
    /// as calls take.
    fn send_bits(&self, pin: usize, lengths: &[u32; 4], bytes: &[u8]) {
        for bit in bytes.iter().flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1)) {
            let at = usize::from(bit) * 2;
            for (level, length) in [(true, lengths[at]), (false, lengths[at + 1])] {
                self.drive_pin(pin, level);
                self.delay(Duration::from_nanos(length.into()));
            }
        }
    }

    /// Has changes of a pin's level noted as events, those to `rising` and to `falling` levels that are wanted.
    ///
    /// # Errors
    /// `EOPNOTSUPP` if the pin cannot be watched.
    fn watch_pin(&self, pin: usize, edges: Edges) -> Result<(), Errno> {
        let _ = pin;
        if edges == Edges::default() { Ok(()) } else { Err(UNSUPPORTED) }
    }

    /// The pin whose change was noted longest ago, and which changes of it were, which are forgotten with that.
    fn next_change(&self) -> Option<(usize, Edges)> {
        None
    }

    /// What the inputs of the converter of voltages measure, by the converter's own numbers: pins, and what is at none of
    /// [`pins`](Hardware::pins), by numbers behind theirs.
    fn analog_pins(&self) -> &'static [usize] {
        &[]
    }

    /// The voltage of a pin, or of another input, from 0 to 65535 for the highest.
    ///
    /// # Errors
    /// `EOPNOTSUPP` if there is no converter at the pin.
    fn analog_level(&self, pin: usize) -> Result<u16, Errno> {
        let _ = pin;
        Err(UNSUPPORTED)
    }

    /// Has a pin give pulses, or be as before.
    ///
    /// # Errors
    /// `EINVAL` if they cannot be so fast or slow, `EOPNOTSUPP` if the pin gives none.
    fn set_pulses(&self, pin: usize, pulses: Option<Pulses>) -> Result<(), Errno> {
        let _ = (pin, pulses);
        Err(UNSUPPORTED)
    }

    /// Hands pins over to the bus or line with this number, in the order that its kind has; those that are not given are the
    /// usual ones.
    ///
    /// # Errors
    /// `EINVAL` if a pin cannot be used so, `EOPNOTSUPP` if others than the usual ones are asked for and there is no choice.
    fn connect(&self, what: Connection, number: usize, pins: &[Option<usize>]) -> Result<(), Errno> {
        let _ = (what, number);
        if pins.iter().all(Option::is_none) { Ok(()) } else { Err(UNSUPPORTED) }
    }

    /// The bus for I2C with this number.
    fn i2c(&self, number: usize) -> Option<&dyn I2cBus> {
        let _ = number;
        None
    }

    /// The bus for SPI with this number.
    fn spi(&self, number: usize) -> Option<&dyn SpiBus> {
        let _ = number;
        None
    }

    /// The serial line with this number.
    fn serial(&self, number: usize) -> Option<&dyn SerialLine> {
        let _ = number;
        None
    }

    /// The block of programmable input and output with this number.
    fn pio(&self, number: usize) -> Option<&dyn Pio> {
        let _ = number;
        None
    }

    /// A block of which flags were noted, and those flags, which are forgotten with that.
    fn next_flags(&self) -> Option<(usize, u8)> {
        None
    }

    /// Whether the button is pressed that has the board wait for another firmware when it starts.
    ///
    /// # Errors
    /// `EOPNOTSUPP` if the board cannot tell.
    fn bootloader_button(&self) -> Result<bool, Errno> {
        Err(UNSUPPORTED)
    }

    /// Has the board start anew unless this is called again before `timeout` has passed.
    ///
    /// # Errors
    /// `EINVAL` if the time is too long, `ENODEV` if there is no watchdog.
    fn feed_watchdog(&self, timeout: Duration) -> Result<(), Errno> {
        let _ = timeout;
        Err(NO_DEVICE)
    }

    /// Cycles of the processor in a second.
    fn frequency(&self) -> u32;

    /// Sets the cycles of the processor in a second. Buses, lines, pulses and time go on as they were.
    ///
    /// # Errors
    /// `EINVAL` if there cannot be so many, `EOPNOTSUPP` if they are what they are.
    fn set_frequency(&self, frequency: u32) -> Result<(), Errno> {
        let _ = frequency;
        Err(UNSUPPORTED)
    }

    /// Sets the frequency of the clock that serial lines and buses for SPI divide.
    ///
    /// # Errors
    /// `EINVAL` if that clock cannot have it, `EOPNOTSUPP` if the clock is what it is.
    fn set_peripheral_frequency(&self, frequency: u32) -> Result<(), Errno> {
        let _ = frequency;
        Err(UNSUPPORTED)
    }

    /// Bytes that no other board has; none if that is not known.
    fn unique_id(&self) -> &[u8] {
        &[]
    }

    /// Why the board was started last.
    fn reset_cause(&self) -> ResetCause {
        ResetCause::PowerOn
    }

    /// Waits for `time` without letting anything else run: for pulses of some microseconds, which no scheduler keeps to.
    fn delay(&self, time: Duration);

    /// Sleeps with most of the board turned off, until `time` has passed or something wakes the board.
    ///
    /// # Errors
    /// `EOPNOTSUPP` if the board does not sleep so.
    fn light_sleep(&self, time: Option<Duration>) -> Result<(), Errno> {
        let _ = time;
        Err(UNSUPPORTED)
    }
}

/// How a pin is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinMode {
    /// It is read.
    Input,
    /// It is driven.
    Output,
    /// As an output it is low or let go.
    OpenDrain,
}

/// What holds a pin that nothing drives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pull {
    /// Nothing.
    #[default]
    None,
    /// The board, high.
    Up,
    /// The board, low.
    Down,
}

/// Changes of a level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edges {
    /// To high.
    pub rising: bool,
    /// To low.
    pub falling: bool,
}

/// Pulses of one length, one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pulses {
    /// How many begin in a second.
    pub frequency: u32,
    /// Which part of the time they last, from 0 to 65535 for all of it.
    pub duty: u16,
}

/// Why a board was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetCause {
    /// Power has come.
    PowerOn,
    /// Its button, or a program.
    Reset,
    /// The watchdog was not fed.
    Watchdog,
    /// The end of a sleep that keeps no memory.
    DeepSleep,
}

/// What pins are handed over to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// A bus for I2C: clock, data.
    I2c,
    /// A bus for SPI: clock, output, input.
    Spi,
    /// A serial line: output, input.
    Serial,
}

/// A bus for I2C, of which the board is the controller. An address has 7 bits.
pub trait I2cBus {
    /// Sets the bits in a second.
    ///
    /// # Errors
    /// `EINVAL` if there cannot be so many.
    fn set_frequency(&self, frequency: u32) -> Result<(), Errno>;

    /// Writes bytes to the device at `address`, up to one that it does not take: how many it took. Without any the device
    /// is only asked whether it is there. The bus is let go at the end if `stops` says so; else the next transfer begins as a
    /// further part of this one.
    ///
    /// # Errors
    /// `ENODEV` if no device answers, `ETIMEDOUT` if the bus is held.
    fn write(&self, address: u8, bytes: &mut dyn Iterator<Item = u8>, stops: bool) -> Result<usize, Errno>;

    /// Reads `len` bytes from the device at `address`, which are given to `take` in turn. See [`write`](I2cBus::write) for
    /// `stops`.
    ///
    /// # Errors
    /// As [`write`](I2cBus::write).
    fn read(&self, address: u8, len: usize, take: &mut dyn FnMut(u8), stops: bool) -> Result<(), Errno>;
}

/// A bus for SPI, of which the board is the controller. Bits go most significant first.
pub trait SpiBus {
    /// Sets the bits in a second, the level of a clock that rests, and whether bits are taken at its second change.
    ///
    /// # Errors
    /// `EINVAL` if that cannot be.
    fn configure(&self, frequency: u32, polarity: bool, phase: bool) -> Result<(), Errno>;

    /// Writes a byte while another is read.
    fn exchange(&self, byte: u8) -> u8;
}

/// A serial line.
pub trait SerialLine {
    /// Sets the bits in a second.
    ///
    /// # Errors
    /// `EINVAL` if there cannot be so many.
    fn set_frequency(&self, frequency: u32) -> Result<(), Errno>;

    /// Takes bytes that have come: how many.
    fn read(&self, buffer: &mut [u8]) -> usize;

    /// How many bytes have come and can be read.
    fn available(&self) -> usize;

    /// Takes bytes to send: how many, at least one if the line is free.
    fn write(&self, bytes: &[u8]) -> usize;

    /// Whether all has been sent.
    fn is_idle(&self) -> bool;
}
