//! Buses for I2C whose drivers know whole transfers only: what a transfer that does not let the bus go has written waits for the
//! next one.

use alloc::vec::Vec;
use core::cell::RefCell;

use berus_runtime::errno::{Errno, NO_DEVICE, NO_MEMORY};
use berus_runtime::host::I2cBus;
use critical_section::Mutex;

/// What a bus is driven by. Errors are those of [`I2cBus`].
pub trait Driver {
    /// Sets the bits in a second.
    fn set_frequency(&mut self, frequency: u32) -> Result<(), Errno>;

    /// Writes bytes to a device, or asks whether the device is there if there are none: how many it took.
    fn write(&mut self, address: u8, bytes: &[u8]) -> Result<usize, Errno>;

    /// Reads at least one byte from a device, after it was written at least one if `before` has any.
    fn read(&mut self, address: u8, before: &[u8], bytes: &mut [u8]) -> Result<(), Errno>;
}

/// A bus, which has a driver once pins were handed over.
pub struct Bus<D>(Mutex<RefCell<Option<Transfers<D>>>>);

struct Transfers<D> {
    driver: D,
    /// What waits to be written, and to whom.
    waiting: Vec<u8>,
    address: u8,
}

impl<D: Driver> Transfers<D> {
    /// Adds to what waits to be written to `address`; what waits for another device is written before.
    fn add(&mut self, address: u8, bytes: &mut dyn Iterator<Item = u8>) -> Result<(), Errno> {
        if self.address != address && !self.waiting.is_empty() {
            self.write()?;
        }
        self.address = address;
        for byte in bytes {
            self.waiting.try_reserve(1).map_err(|_| NO_MEMORY)?;
            self.waiting.push(byte);
        }
        Ok(())
    }

    /// Writes what waits.
    fn write(&mut self) -> Result<usize, Errno> {
        let bytes = core::mem::take(&mut self.waiting);
        self.driver.write(self.address, &bytes)
    }

    /// Writes what waits, and reads.
    fn read(&mut self, address: u8, bytes: &mut [u8]) -> Result<(), Errno> {
        self.add(address, &mut core::iter::empty())?;
        if bytes.is_empty() {
            return self.write().map(|_| ());
        }
        let before = core::mem::take(&mut self.waiting);
        self.driver.read(address, &before, bytes)
    }
}

impl<D> Bus<D> {
    /// A bus that has no pins yet.
    pub const fn new() -> Bus<D> {
        Bus(Mutex::new(RefCell::new(None)))
    }

    /// Has the bus be driven by what `connect` makes, which nothing drives meanwhile.
    ///
    /// # Errors
    /// Those of `connect`.
    pub fn connect(&self, connect: impl FnOnce() -> Result<D, Errno>) -> Result<(), Errno> {
        let replace = |driver| critical_section::with(|section| self.0.replace(section, driver));
        // The driver before lets its pins go.
        drop(replace(None));
        replace(Some(Transfers { driver: connect()?, waiting: Vec::new(), address: 0 }));
        Ok(())
    }

    /// Calls `act` with the transfers, which are away meanwhile, so that interrupts come through.
    fn with<T>(&self, act: impl FnOnce(&mut Transfers<D>) -> Result<T, Errno>) -> Result<T, Errno> {
        let mut transfers = critical_section::with(|section| self.0.replace(section, None)).ok_or(NO_DEVICE)?;
        let answer = act(&mut transfers);
        critical_section::with(|section| self.0.replace(section, Some(transfers)));
        answer
    }
}

impl<D> Default for Bus<D> {
    fn default() -> Bus<D> {
        Bus::new()
    }
}

impl<D: Driver> I2cBus for Bus<D> {
    fn set_frequency(&self, frequency: u32) -> Result<(), Errno> {
        self.with(|transfers| transfers.driver.set_frequency(frequency))
    }

    fn write(&self, address: u8, bytes: &mut dyn Iterator<Item = u8>, stops: bool) -> Result<usize, Errno> {
        self.with(|transfers| {
            let before = transfers.waiting.len();
            transfers.add(address, bytes)?;
            if stops { transfers.write() } else { Ok(transfers.waiting.len().saturating_sub(before)) }
        })
    }

    fn read(&self, address: u8, len: usize, take: &mut dyn FnMut(u8), _: bool) -> Result<(), Errno> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(len).map_err(|_| NO_MEMORY)?;
        bytes.resize(len, 0);
        self.with(|transfers| transfers.read(address, &mut bytes))?;
        bytes.into_iter().for_each(take);
        Ok(())
    }
}
