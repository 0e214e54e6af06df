//! The buses for I2C, which move whole transfers between RAM and devices.

use core::time::Duration;

use berus_firmware::chip::Chip;
use berus_firmware::i2c;
use berus_runtime::errno::{Errno, INVALID, NO_DEVICE, TIMED_OUT};
use berus_runtime::host::{PinMode, Pull};
use nrf_pac::twim::Twim;
use nrf_pac::twim::vals::{Enable, Frequency};
use nrf_pac::{TWIM0, TWIM1};

use super::pins;
use crate::chip::CHIP;

/// How long a byte may take, with all that holds the clock.
const PATIENCE: Duration = Duration::from_millis(50);

/// Bytes of a transfer at most.
const MOST: usize = u16::MAX as usize;

/// The buses.
pub static BUSES: [i2c::Bus<Driver>; 2] = [const { i2c::Bus::new() }; 2];

/// What drives a bus.
pub struct Driver(Twim);

/// The usual pins of each bus, as on most boards of this chip: clock, data.
const USUAL: [[usize; 2]; 2] = [[11, 12], [27, 26]];

/// Hands pins over to a bus.
pub fn connect(number: usize, given: &[Option<usize>]) -> Result<(), Errno> {
    let (bus, usual) = BUSES.get(number).zip(USUAL.get(number)).ok_or(NO_DEVICE)?;
    let [clock, data] = super::given_or(given, *usual);
    bus.connect(|| {
        let registers = if number == 0 { TWIM0 } else { TWIM1 };
        registers.enable().write(|w| w.set_enable(Enable::Disabled));
        for pin in [clock, data] {
            pins::set_mode(pin, PinMode::Input, Pull::Up);
            pins::set_open(pin);
        }
        registers.psel().scl().write_value(pins::select(clock));
        registers.psel().sda().write_value(pins::select(data));
        registers.enable().write(|w| w.set_enable(Enable::Enabled));
        Ok(Driver(registers))
    })
}

impl Driver {
    /// Begins a transfer with the device at `address`: nothing of an earlier one is left.
    fn address(&self, address: u8) {
        let registers = self.0;
        registers.address().write(|w| w.set_address(address));
        registers.events_stopped().write_value(0);
        registers.events_error().write_value(0);
        // Errors are cleared by ones.
        registers.errorsrc().write_value(registers.errorsrc().read());
    }

    /// Tells what is to be written, which the caller keeps until the end.
    fn offer(&self, bytes: &[u8]) {
        let registers = self.0;
        registers.dma().tx().ptr().write_value(bytes.as_ptr().expose_provenance() as u32);
        registers.dma().tx().maxcnt().write(|w| w.set_maxcnt(bytes.len() as u16));
    }

    /// Waits for the end of a transfer of `len` bytes. Whoever refuses a byte ends it.
    fn finish(&self, len: usize) -> Result<(), Errno> {
        let registers = self.0;
        let end = CHIP.now() + PATIENCE * (len as u32 + 1);
        let mut is_stopping = false;
        while registers.events_stopped().read() == 0 {
            if !is_stopping && (registers.events_error().read() != 0 || CHIP.now() >= end) {
                registers.tasks_resume().write_value(1);
                registers.tasks_stop().write_value(1);
                is_stopping = true;
            }
            if is_stopping && CHIP.now() >= end + PATIENCE {
                // One that holds the clock for ever: the bus begins anew.
                registers.enable().write(|w| w.set_enable(Enable::Disabled));
                registers.enable().write(|w| w.set_enable(Enable::Enabled));
                return Err(TIMED_OUT);
            }
        }
        // What was moved is seen from here on.
        core::sync::atomic::compiler_fence(core::sync::atomic::Ordering::SeqCst);
        let why = registers.errorsrc().read();
        if why.anack() || why.overrun() {
            return Err(NO_DEVICE);
        }
        if is_stopping && !why.dnack() { Err(TIMED_OUT) } else { Ok(()) }
    }
}

impl i2c::Driver for Driver {
    fn set_frequency(&mut self, frequency: u32) -> Result<(), Errno> {
        let frequency = match frequency {
            400_000.. => Frequency::K400,
            250_000.. => Frequency::K250,
            100_000.. => Frequency::K100,
            _ => return Err(INVALID),
        };
        self.0.frequency().write(|w| w.set_frequency(frequency));
        Ok(())
    }

    fn write(&mut self, address: u8, bytes: &[u8]) -> Result<usize, Errno> {
        if bytes.len() > MOST {
            return Err(INVALID);
        }
        let registers = self.0;
        self.address(address);
        self.offer(bytes);
        registers.shorts().write(|w| w.set_lasttx_stop(true));
        core::sync::atomic::compiler_fence(core::sync::atomic::Ordering::SeqCst);
        registers.tasks_dma().tx().start().write_value(1);
        if bytes.is_empty() {
            // There is no last byte that would end the transfer.
            registers.tasks_stop().write_value(1);
        }
        self.finish(bytes.len())?;
        let was_refused = registers.errorsrc().read().dnack();
        // The one that was refused is counted as moved.
        let moved = usize::from(registers.dma().tx().amount().read().amount());
        Ok(moved.saturating_sub(was_refused.into()))
    }

    fn read(&mut self, address: u8, before: &[u8], bytes: &mut [u8]) -> Result<(), Errno> {
        if before.len() > MOST || bytes.len() > MOST {
            return Err(INVALID);
        }
        let registers = self.0;
        self.address(address);
        registers.dma().rx().ptr().write_value(bytes.as_mut_ptr().expose_provenance() as u32);
        registers.dma().rx().maxcnt().write(|w| w.set_maxcnt(bytes.len() as u16));
        registers.shorts().write(|w| {
            w.set_lasttx_dma_rx_start(!before.is_empty());
            w.set_lastrx_stop(true);
        });
        self.offer(before);
        core::sync::atomic::compiler_fence(core::sync::atomic::Ordering::SeqCst);
        if before.is_empty() {
            registers.tasks_dma().rx().start().write_value(1);
        } else {
            registers.tasks_dma().tx().start().write_value(1);
        }
        self.finish(before.len() + bytes.len())?;
        let is_whole = usize::from(registers.dma().rx().amount().read().amount()) == bytes.len();
        if is_whole { Ok(()) } else { Err(NO_DEVICE) }
    }
}
