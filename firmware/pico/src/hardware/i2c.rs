//! The buses for I2C, each a DW_apb_i2c by Synopsys. It begins and ends transfers with commands for bytes, so that there are
//! none without bytes.

use core::cell::Cell;
use core::time::Duration;

use berus_firmware::chip::Chip;
use berus_runtime::errno::{Errno, INVALID, NO_DEVICE};
use berus_runtime::host::{I2cBus, Pull};
use critical_section::Mutex;

use super::clocks;
use super::pins::{self, User};
use crate::chip::CHIP;
use crate::hal::pac::i2c0::RegisterBlock;
use crate::hal::pac::{I2C0, I2C1};

/// What nobody has answered in time.
const TIMED_OUT: Errno = Errno(110);

/// How long a device may hold the clock.
const PATIENCE: Duration = Duration::from_millis(50);

/// The bits of a command beside its byte: to read, to let the bus go behind it, and to begin a further part of a transfer.
const READ: u32 = 1 << 8;
const STOP: u32 = 1 << 9;
const RESTART: u32 = 1 << 10;

/// Why a transfer has ended: a device did not take a byte, which it was not yet called by.
const REFUSED: u32 = 1 << 3;

/// The buses.
pub static BUSES: [Bus; 2] = [Bus::new(0), Bus::new(1)];

pub struct Bus {
    number: usize,
    /// Whether a transfer goes on with the next one.
    is_held: Mutex<Cell<bool>>,
    /// Bits in a second; 0 for a bus that nobody has used.
    frequency: Mutex<Cell<u32>>,
}

/// Has the buses stay as fast as they are with another clock.
pub fn retune() {
    for bus in &BUSES {
        let frequency = critical_section::with(|section| bus.frequency.borrow(section).get());
        if frequency != 0 {
            // One that cannot be so fast any more is as fast as the clock has it.
            let _ = bus.set_frequency(frequency);
        }
    }
}

/// The usual pins of each bus: clock, data.
const USUAL: [[usize; 2]; 2] = [[5, 4], [7, 6]];

/// Hands pins over to a bus. Odd ones can be its clock, even ones its data, and each second pair is of each second bus.
pub fn connect(number: usize, given: &[Option<usize>]) -> Result<(), Errno> {
    let usual = USUAL.get(number).ok_or(NO_DEVICE)?;
    for (at, (given, usual)) in given.iter().zip(usual).enumerate() {
        let pin = given.unwrap_or(*usual);
        if pin % 2 == at || pin / 2 % 2 != number {
            return Err(INVALID);
        }
        pins::hand_over(pin, User::I2c, Pull::Up);
    }
    Ok(())
}

impl Bus {
    const fn new(number: usize) -> Bus {
        Bus { number, is_held: Mutex::new(Cell::new(false)), frequency: Mutex::new(Cell::new(0)) }
    }

    fn registers(&self) -> &'static RegisterBlock {
        // SAFETY: both are there, and nobody else uses them.
        unsafe { &*if self.number == 0 { I2C0::ptr() } else { I2C1::ptr() } }
    }

    /// Notes whether a transfer goes on: whether one did.
    fn hold(&self, is_held: bool) -> bool {
        critical_section::with(|section| self.is_held.borrow(section).replace(is_held))
    }

    /// Begins a transfer, or a further part of one: what its first command has beside its own bits.
    fn begin(&self, address: u8) -> u32 {
        let registers = self.registers();
        // The address can be set only while the bus is off.
        registers.ic_enable().write(|w| w.enable().clear_bit());
        // SAFETY: any address of seven bits will do.
        registers.ic_tar().write(|w| unsafe { w.ic_tar().bits(address.into()) });
        registers.ic_enable().write(|w| w.enable().set_bit());
        // What earlier transfers have left behind.
        registers.ic_clr_intr().read();
        if self.hold(false) { RESTART } else { 0 }
    }

    /// Has a command executed, to its end: whether it was.
    fn execute(&self, command: u32) -> Result<bool, Errno> {
        let registers = self.registers();
        // SAFETY: the bits are a command's.
        registers.ic_data_cmd().write(|w| unsafe { w.bits(command) });
        let end = CHIP.now() + PATIENCE;
        let is_done = || {
            let raw = registers.ic_raw_intr_stat().read();
            raw.tx_abrt().bit()
                || raw.tx_empty().bit() && (command & READ == 0 || registers.ic_rxflr().read().bits() > 0)
        };
        while !is_done() {
            if CHIP.now() >= end {
                registers.ic_enable().write(|w| w.enable().clear_bit());
                return Err(TIMED_OUT);
            }
        }
        let why = registers.ic_tx_abrt_source().read().bits();
        let has_failed = registers.ic_raw_intr_stat().read().tx_abrt().bit();
        if has_failed || command & STOP != 0 {
            self.wait_for_stop(end)?;
        }
        if !has_failed {
            return Ok(true);
        }
        registers.ic_clr_tx_abrt().read();
        if why & REFUSED != 0 { Ok(false) } else { Err(NO_DEVICE) }
    }

    /// Waits until the bus has been let go.
    fn wait_for_stop(&self, end: Duration) -> Result<(), Errno> {
        let registers = self.registers();
        while registers.ic_raw_intr_stat().read().stop_det().bit_is_clear() {
            if CHIP.now() >= end {
                registers.ic_enable().write(|w| w.enable().clear_bit());
                return Err(TIMED_OUT);
            }
        }
        registers.ic_clr_stop_det().read();
        Ok(())
    }
}

/// What ends a transfer, or lets it go on, with its last byte.
fn last(stops: bool) -> u32 {
    if stops { STOP } else { 0 }
}

impl I2cBus for Bus {
    fn set_frequency(&self, frequency: u32) -> Result<(), Errno> {
        let clock = clocks::processor();
        let period = clock.checked_div(frequency).filter(|period| (32..1 << 16).contains(period)).ok_or(INVALID)?;
        let (low, registers) = (period * 3 / 5, self.registers());
        // Data changes so long after the clock: 300 ns, or 120 ns on a fast bus.
        let hold = if frequency < 1_000_000 { clock / 10_000_000 * 3 + 1 } else { clock / 25_000_000 * 3 + 1 };
        critical_section::with(|section| self.frequency.borrow(section).set(frequency));
        self.hold(false);
        registers.ic_enable().write(|w| w.enable().clear_bit());
        registers.ic_con().write(|w| {
            w.speed().fast();
            w.master_mode().enabled().ic_slave_disable().slave_disabled();
            w.ic_restart_en().enabled().tx_empty_ctrl().enabled()
        });
        // SAFETY: the times are within their registers.
        unsafe {
            registers.ic_fs_scl_hcnt().write(|w| w.bits(period - low));
            registers.ic_fs_scl_lcnt().write(|w| w.bits(low));
            registers.ic_fs_spklen().write(|w| w.bits((low / 16).clamp(1, 0xff)));
            registers.ic_sda_hold().modify(|_, w| w.ic_sda_tx_hold().bits(hold as u16));
        }
        Ok(())
    }

    fn write(&self, address: u8, bytes: &mut dyn Iterator<Item = u8>, stops: bool) -> Result<usize, Errno> {
        let Some(mut byte) = bytes.next() else {
            // Who reads a byte learns whether somebody is there.
            return self.read(address, 1, &mut |_| {}, true).map(|()| 0);
        };
        let (mut begin, mut taken) = (self.begin(address), 0);
        loop {
            let next = bytes.next();
            let end = if next.is_none() { last(stops) } else { 0 };
            if !self.execute(u32::from(byte) | begin | end)? {
                return Ok(taken);
            }
            taken += 1;
            begin = 0;
            match next {
                Some(next) => byte = next,
                None => break,
            }
        }
        self.hold(!stops);
        Ok(taken)
    }

    fn read(&self, address: u8, len: usize, take: &mut dyn FnMut(u8), stops: bool) -> Result<(), Errno> {
        let mut begin = self.begin(address);
        for at in 0..len {
            let end = if at + 1 == len { last(stops) } else { 0 };
            if !self.execute(READ | begin | end)? {
                return Err(NO_DEVICE);
            }
            take(self.registers().ic_data_cmd().read().dat().bits());
            begin = 0;
        }
        self.hold(!stops && len > 0);
        Ok(())
    }
}
