//! What programs reach of the MPS2: lights, the lines of the shields' I2C, serial lines, SPI, the watchdog (facts: the
//! application notes; Arm's manuals of the PL022 and of the SBCon I2C; the Cortex-M System Design Kit).

use core::time::Duration;

use berus_firmware::chip::Chip;
use berus_runtime::errno::{Errno, INVALID};
use berus_runtime::host::{Hardware, PinMode, Pull, ResetCause, SerialLine, SpiBus};

use super::{CHIP, CYCLES, Mps2};
use crate::chip::Register;

/// What differs between the images: where things are.
struct Map {
    lights: Register,
    i2c: [usize; 2],
    serial: [usize; 2],
    spi: [usize; 2],
    watchdog: Option<usize>,
}

// SAFETY: these are there, and no Rust code depends on what they do.
const MAP: Map = unsafe {
    if cfg!(board = "mps2-an505") {
        Map {
            lights: Register::at(0x5030_2000),
            i2c: [0x5020_c000, 0x5020_d000],
            serial: [0x5020_1000, 0x5020_2000],
            spi: [0x5020_5000, 0x5020_6000],
            watchdog: None,
        }
    } else {
        Map {
            lights: Register::at(0x4002_8000),
            i2c: [0x4002_9000, 0x4002_a000],
            serial: [0x4000_5000, 0x4000_6000],
            spi: [0x4002_0000, 0x4002_1000],
            watchdog: Some(0x4000_8000),
        }
    }
};

/// The pins: two lights, and the lines of the I2C of both shields.
const PINS: &[&str] = &["LED0", "LED1", "SCL0", "SDA0", "SCL1", "SDA1"];

/// A pin's register and bit. The lines of I2C are set by one register, and cleared by the next.
enum Place {
    Light(u32),
    Line { levels: Register, clear: Register, bit: u32 },
}

fn place(pin: usize) -> Place {
    let Some(line) = pin.checked_sub(2) else { return Place::Light(1 << pin) };
    let base = MAP.i2c[line / 2];
    // SAFETY: as for the map.
    unsafe { Place::Line { levels: Register::at(base), clear: Register::at(base + 4), bit: 1 << (line % 2) } }
}

impl Hardware for Mps2 {
    fn pins(&self) -> &'static [&'static str] {
        PINS
    }

    fn set_pin_mode(&self, pin: usize, mode: PinMode, _: Pull) -> Result<(), Errno> {
        match (place(pin), mode) {
            // Their pull is the board's own.
            (Place::Light(_), PinMode::Output) | (Place::Line { .. }, PinMode::OpenDrain) => Ok(()),
            (Place::Line { .. }, PinMode::Input) => {
                self.drive_pin(pin, true);
                Ok(())
            }
            _ => Err(INVALID),
        }
    }

    fn pin_level(&self, pin: usize) -> bool {
        match place(pin) {
            Place::Light(bit) => MAP.lights.read() & bit != 0,
            Place::Line { levels, bit, .. } => levels.read() & bit != 0,
        }
    }

    fn drive_pin(&self, pin: usize, level: bool) {
        match (place(pin), level) {
            (Place::Light(bit), true) => MAP.lights.write(MAP.lights.read() | bit),
            (Place::Light(bit), false) => MAP.lights.write(MAP.lights.read() & !bit),
            (Place::Line { levels, bit, .. }, true) => levels.write(bit),
            (Place::Line { clear, bit, .. }, false) => clear.write(bit),
        }
    }

    fn spi(&self, number: usize) -> Option<&dyn SpiBus> {
        SPI.get(number).map(|bus| bus as &dyn SpiBus)
    }

    fn serial(&self, number: usize) -> Option<&dyn SerialLine> {
        // The first is the console's.
        SERIAL.get(number.checked_sub(1)?).map(|line| line as &dyn SerialLine)
    }

    fn feed_watchdog(&self, timeout: Duration) -> Result<(), Errno> {
        let base = MAP.watchdog.ok_or(berus_runtime::errno::NO_DEVICE)?;
        // It interrupts when the time has passed, which starts the board anew.
        let cycles = timeout.as_micros() * u128::from(CYCLES) / 1000;
        let cycles = u32::try_from(cycles).map_err(|_| INVALID)?;
        // SAFETY: the watchdog is there.
        let (load, control, lock) =
            unsafe { (Register::at(base), Register::at(base + 8), Register::<u32>::at(base + 0xc00)) };
        lock.write(0x1acc_e551);
        load.write(cycles);
        control.write(0b11);
        lock.write(0);
        Ok(())
    }

    fn frequency(&self) -> u32 {
        CYCLES * 1000
    }

    fn reset_cause(&self) -> ResetCause {
        crate::cause::last()
    }

    fn delay(&self, time: Duration) {
        let end = CHIP.now() + time;
        while CHIP.now() < end {}
    }
}

/// The buses, each a PL022.
static SPI: [Spi; 2] = [Spi(MAP.spi[0]), Spi(MAP.spi[1])];

struct Spi(usize);

impl Spi {
    fn register(&self, offset: usize) -> Register {
        // SAFETY: the bus is there.
        unsafe { Register::at(self.0 + offset) }
    }
}

impl SpiBus for Spi {
    fn configure(&self, frequency: u32, polarity: bool, phase: bool) -> Result<(), Errno> {
        let (control, enable, prescale) = (self.register(0), self.register(4), self.register(0x10));
        // The clock is divided by an even number, and then by one from 1 to 256.
        let wanted = (CYCLES * 1000).div_ceil(frequency.max(1));
        let even = (wanted.div_ceil(256) + 1).next_multiple_of(2).max(2);
        if even > 254 {
            return Err(INVALID);
        }
        prescale.write(even);
        let rest = wanted.div_ceil(even).clamp(1, 256) - 1;
        // Eight bits, as Motorola has it.
        control.write(rest << 8 | u32::from(phase) << 7 | u32::from(polarity) << 6 | 7);
        // Whether output is wired to input is kept.
        enable.write(enable.read() | 2);
        Ok(())
    }

    fn exchange(&self, byte: u8) -> u8 {
        let (data, status) = (self.register(8), self.register(0xc));
        while status.read() & 2 == 0 {}
        data.write(byte.into());
        while status.read() & 4 == 0 {}
        data.read() as u8
    }
}

/// The serial lines beside the console's.
static SERIAL: [Serial; 2] = [Serial(MAP.serial[0]), Serial(MAP.serial[1])];

struct Serial(usize);

impl Serial {
    fn register(&self, offset: usize) -> Register {
        // SAFETY: the line is there.
        unsafe { Register::at(self.0 + offset) }
    }
}

impl SerialLine for Serial {
    fn set_frequency(&self, frequency: u32) -> Result<(), Errno> {
        let divider = (CYCLES * 1000).checked_div(frequency).filter(|divider| (16..1 << 20).contains(divider));
        self.register(16).write(divider.ok_or(INVALID)?);
        self.register(8).write(super::uart::ON);
        Ok(())
    }

    fn read(&self, buffer: &mut [u8]) -> usize {
        let mut len = 0;
        while len < buffer.len() && self.available() > 0 {
            buffer[len] = self.register(0).read() as u8;
            len += 1;
        }
        len
    }

    fn available(&self) -> usize {
        usize::from(self.register(4).read() & super::uart::HAS_RECEIVED != 0)
    }

    fn write(&self, bytes: &[u8]) -> usize {
        match bytes.first() {
            Some(byte) if self.is_idle() => {
                self.register(0).write((*byte).into());
                1
            }
            _ => 0,
        }
    }

    fn is_idle(&self) -> bool {
        self.register(4).read() & super::uart::IS_TRANSMITTING == 0
    }
}
