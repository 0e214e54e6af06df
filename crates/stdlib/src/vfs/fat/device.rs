//! What a FAT file system lies on: sectors, and the one that was used last.

use alloc::vec::Vec;
use core::ops::Range;

pub use crate::vfs::error::{Error, Result};
use crate::vfs::memory;

/// A device of sectors.
pub trait Device {
    /// Reads whole sectors from number `sector` on.
    fn read(&self, sector: u32, buffer: &mut [u8]) -> Result;

    /// Writes whole sectors from number `sector` on.
    fn write(&self, sector: u32, bytes: &[u8]) -> Result;

    /// Has what was written outlive a loss of power.
    fn sync(&self) -> Result;
}

/// The sectors of a device, of which one is at hand.
///
/// What is changed in it is written when another one is needed, and before every [`flush`](Sectors::flush).
pub struct Sectors {
    pub size: u32,
    pub count: u32,
    number: Option<u32>,
    bytes: Vec<u8>,
    is_changed: bool,
    /// Sectors of which there is a copy, and how far behind it is.
    mirror: (Range<u32>, u32),
}

impl Sectors {
    pub fn new(size: u32, count: u32) -> Result<Sectors> {
        let bytes = memory::filled(size as usize, 0)?;
        Ok(Sectors { size, count, number: None, bytes, is_changed: false, mirror: (0..0, 0) })
    }

    /// From now on keeps a copy of each of `sectors`, `distance` behind it.
    pub fn mirror(&mut self, sectors: Range<u32>, distance: u32) {
        self.mirror = (sectors, distance);
    }

    /// The bytes of a sector.
    pub fn get(&mut self, dev: &dyn Device, sector: u32) -> Result<&[u8]> {
        if self.number != Some(sector) {
            self.flush(dev)?;
            if sector >= self.count {
                return Err(Error::BROKEN);
            }
            self.number = None;
            dev.read(sector, &mut self.bytes)?;
            self.number = Some(sector);
        }
        Ok(&self.bytes)
    }

    /// The bytes of a sector, to change them.
    pub fn change(&mut self, dev: &dyn Device, sector: u32) -> Result<&mut [u8]> {
        self.get(dev, sector)?;
        self.is_changed = true;
        Ok(&mut self.bytes)
    }

    /// The bytes of a sector that is to be overwritten, all zero.
    pub fn clear(&mut self, dev: &dyn Device, sector: u32) -> Result<&mut [u8]> {
        self.flush(dev)?;
        if sector >= self.count {
            return Err(Error::BROKEN);
        }
        self.number = Some(sector);
        self.bytes.fill(0);
        self.is_changed = true;
        Ok(&mut self.bytes)
    }

    /// Reads whole sectors past the one at hand.
    pub fn read(&mut self, dev: &dyn Device, sector: u32, buffer: &mut [u8]) -> Result {
        self.check(sector, buffer.len())?;
        self.flush(dev)?;
        dev.read(sector, buffer)
    }

    /// Writes whole sectors past the one at hand.
    pub fn write(&mut self, dev: &dyn Device, sector: u32, bytes: &[u8]) -> Result {
        self.check(sector, bytes.len())?;
        self.flush(dev)?;
        self.number = None;
        dev.write(sector, bytes)
    }

    fn check(&self, sector: u32, len: usize) -> Result {
        let end = u64::from(sector) + (len / self.size as usize) as u64;
        if end <= self.count.into() { Ok(()) } else { Err(Error::BROKEN) }
    }

    /// Writes what was changed to the device.
    pub fn flush(&mut self, dev: &dyn Device) -> Result {
        if let Some(number) = self.number.filter(|_| self.is_changed) {
            // If it fails the change is lost, so that what follows does not fail for ever.
            self.is_changed = false;
            let mut written = dev.write(number, &self.bytes);
            if written.is_ok() && self.mirror.0.contains(&number) {
                written = dev.write(number + self.mirror.1, &self.bytes);
            }
            if written.is_err() {
                self.number = None;
            }
            written?;
        }
        Ok(())
    }
}
