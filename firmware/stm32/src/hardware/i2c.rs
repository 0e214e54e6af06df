//! The buses for I2C that have pins of the board.
//!
//! The chip goes on reading until it is told to stop, which it must be before it has the last byte: near the end of a
//! transfer it is left waiting, with a byte in each of its two registers.

use core::cell::Cell;
use core::time::Duration;

use berus_firmware::chip::Chip;
use berus_runtime::errno::{Errno, INVALID, NO_DEVICE};
use berus_runtime::host::{I2cBus, Pull};
use critical_section::Mutex;
use stm32_metapac::i2c::I2c;
use stm32_metapac::i2c::regs::Sr1;
use stm32_metapac::i2c::vals::{FS, Pos};
use stm32_metapac::{I2C1, I2C2};

use super::TIMED_OUT;
use super::pins::{self, User};
use crate::chip::CHIP;
use crate::clocks;

/// The number that the buses have at their pins.
const PART: u8 = 4;

/// How long a device may hold the clock.
const PATIENCE: Duration = Duration::from_millis(50);

/// The fastest of standard buses, and of fast ones.
const STANDARD: u32 = 100_000;
const FAST: u32 = 400_000;

/// The buses, from 1 on: at the pins Y3 and Y4, and Y9 and Y10, for clock and data.
static BUSES: [Bus; 2] = [Bus::new(I2C1, [24, 25]), Bus::new(I2C2, [26, 27])];

pub struct Bus {
    registers: I2c,
    pins: [usize; 2],
    /// Whether a transfer goes on with the next one.
    is_held: Mutex<Cell<bool>>,
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
        pins::hand_over(pin, User::OpenDrainPart(PART), Pull::Up);
    }
    Ok(())
}

impl Bus {
    const fn new(registers: I2c, pins: [usize; 2]) -> Bus {
        Bus { registers, pins, is_held: Mutex::new(Cell::new(false)) }
    }

    /// Notes whether a transfer goes on: whether one did.
    fn hold(&self, is_held: bool) -> bool {
        critical_section::with(|section| self.is_held.borrow(section).replace(is_held))
    }

    /// Waits for a state of the bus: `false` if the device does not take what it was sent.
    fn wait(&self, is_reached: impl Fn(Sr1) -> bool) -> Result<bool, Errno> {
        let end = CHIP.now() + PATIENCE;
        loop {
            let state = self.registers.sr1().read();
            if state.af() {
                self.registers.sr1().modify(|w| w.set_af(false));
                self.stop(true);
                return Ok(false);
            }
            if is_reached(state) {
                return Ok(true);
            }
            if CHIP.now() >= end {
                self.stop(true);
                return Err(TIMED_OUT);
            }
        }
    }

    /// As [`wait`](Bus::wait), where the device takes all.
    fn wait_for_all(&self, is_reached: impl Fn(Sr1) -> bool) -> Result<(), Errno> {
        if self.wait(is_reached)? { Ok(()) } else { Err(NO_DEVICE) }
    }

    /// Lets the bus go, or holds it for the next transfer.
    fn stop(&self, stops: bool) {
        self.hold(!stops);
        if stops {
            self.registers.cr1().modify(|w| w.set_stop(true));
        }
    }

    /// Begins a transfer, or a further part of one: calls the device, up to its answer.
    fn call(&self, address: u8, reads: bool) -> Result<(), Errno> {
        if !self.hold(false) {
            let end = CHIP.now() + PATIENCE;
            while self.registers.sr2().read().busy() {
                if CHIP.now() >= end {
                    return Err(TIMED_OUT);
                }
            }
        }
        self.registers.cr1().modify(|w| w.set_start(true));
        self.wait_for_all(|state| state.start())?;
        self.registers.dr().write(|w| w.set_dr(address << 1 | u8::from(reads)));
        self.wait_for_all(|state| state.addr())
    }

    /// Goes on behind the device's answer, which the chip waits with.
    fn go_on(&self) {
        self.registers.sr1().read();
        self.registers.sr2().read();
    }

    fn set_acknowledged(&self, is_acknowledged: bool) {
        self.registers.cr1().modify(|w| w.set_ack(is_acknowledged));
    }

    fn next(&self) -> u8 {
        self.registers.dr().read().dr()
    }
}

impl I2cBus for Bus {
    fn set_frequency(&self, frequency: u32) -> Result<(), Errno> {
        let clock = clocks::slow_bus();
        let megahertz = clock / 1_000_000;
        if frequency == 0 || frequency > FAST {
            return Err(INVALID);
        }
        let is_fast = frequency > STANDARD;
        // Low as long as high on a standard bus, twice as long on a fast one. Lines rise in 1000 or 300 ns.
        let half = clock.div_ceil(if is_fast { 3 * frequency } else { 2 * frequency });
        let half = u16::try_from(half).ok().filter(|half| *half < 1 << 12).ok_or(INVALID)?;
        let rise = if is_fast { megahertz * 3 / 10 } else { megahertz } + 1;
        self.hold(false);
        self.registers.cr1().write(|w| w.set_swrst(true));
        self.registers.cr1().write(|_| {});
        self.registers.cr2().write(|w| w.set_freq(megahertz as u8));
        self.registers.ccr().write(|w| {
            w.set_f_s(if is_fast { FS::FAST } else { FS::STANDARD });
            w.set_ccr(half.max(4));
        });
        self.registers.trise().write(|w| w.set_trise(rise as u8));
        self.registers.cr1().write(|w| w.set_pe(true));
        Ok(())
    }

    fn write(&self, address: u8, bytes: &mut dyn Iterator<Item = u8>, stops: bool) -> Result<usize, Errno> {
        self.call(address, false)?;
        self.go_on();
        let mut taken = 0;
        for byte in bytes {
            self.registers.dr().write(|w| w.set_dr(byte));
            if !self.wait(|state| state.btf())? {
                return Ok(taken);
            }
            taken += 1;
        }
        self.stop(stops);
        Ok(taken)
    }

    fn read(&self, address: u8, len: usize, take: &mut dyn FnMut(u8), stops: bool) -> Result<(), Errno> {
        // Of two bytes the second is the first that is not acknowledged.
        self.registers.cr1().modify(|w| w.set_pos(if len == 2 { Pos::NEXT } else { Pos::CURRENT }));
        self.set_acknowledged(len > 1);
        self.call(address, true)?;
        self.go_on();
        match len {
            0 | 1 => self.stop(stops),
            2 => self.set_acknowledged(false),
            _ => {
                for _ in 3..len {
                    self.wait_for_all(|state| state.rxne())?;
                    take(self.next());
                }
                // Two bytes wait, and the last one is still to come.
                self.wait_for_all(|state| state.btf())?;
                self.set_acknowledged(false);
                take(self.next());
            }
        }
        if len > 1 {
            self.wait_for_all(|state| state.btf())?;
            self.stop(stops);
            take(self.next());
        }
        if len > 0 {
            self.wait_for_all(|state| state.rxne())?;
            take(self.next());
        }
        Ok(())
    }
}
