//! What littlefs lies on.

use alloc::vec::Vec;

pub use crate::vfs::error::{Error, Result};
use crate::vfs::memory;

/// A device of blocks, which are erased as a whole and then programmed piece by piece.
pub trait Device {
    /// Reads at byte `offset` of block `block`.
    fn read(&self, block: u32, offset: u32, buffer: &mut [u8]) -> Result;

    /// Programs at byte `offset` of block `block`.
    fn program(&self, block: u32, offset: u32, bytes: &[u8]) -> Result;

    /// Erases block `block`.
    fn erase(&self, block: u32) -> Result;

    /// Has what was programmed outlive a loss of power.
    fn sync(&self) -> Result;
}

/// The shape of a device.
#[derive(Clone, Copy, Debug)]
pub struct Geometry {
    /// Reads begin and end at multiples of so many bytes.
    pub read_size: u32,
    /// Programming begins and ends at multiples of so many bytes.
    pub program_size: u32,
    /// Bytes of a block.
    pub block_size: u32,
    /// How many blocks there are.
    pub block_count: u32,
}

impl Geometry {
    /// A geometry, if it is one that littlefs can use.
    pub fn new(read_size: u32, program_size: u32, block_size: u32, block_count: u32) -> Result<Geometry> {
        let fits = |size: u32| size > 0 && block_size.is_multiple_of(size);
        // A device may say anything of itself: what is kept of it in memory must have bounds.
        if !fits(read_size) || !fits(program_size) || !(64..=1 << 20).contains(&block_size) || block_count > 1 << 24 {
            return Err(Error::INVALID);
        }
        Ok(Geometry { read_size, program_size, block_size, block_count })
    }

    /// Bytes read or written at a time where more are likely to follow.
    pub fn cache_size(&self) -> u32 {
        self.block_size.min(4 * self.read_size.max(self.program_size))
    }
}

/// A device and what was read of it last.
pub struct Disk {
    pub geometry: Geometry,
    /// The piece of a block that is at hand: which block, its start, and its bytes, none if there is no such piece.
    piece: (u32, u32, Vec<u8>),
}

impl Disk {
    pub fn new(geometry: Geometry) -> Disk {
        Disk { geometry, piece: (0, 0, Vec::new()) }
    }

    /// Whether there is a block of that number.
    pub fn has(&self, block: u32) -> bool {
        block < self.geometry.block_count
    }

    /// Reads from a block, through the piece at hand.
    pub fn read(&mut self, dev: &dyn Device, block: u32, mut offset: u32, mut out: &mut [u8]) -> Result {
        let size = self.geometry.block_size;
        if !self.has(block) || out.len() > size as usize || offset > size - out.len() as u32 {
            return Err(Error::CORRUPT);
        }
        while !out.is_empty() {
            let at_hand = &self.piece;
            let inside = offset.wrapping_sub(at_hand.1) as usize;
            if at_hand.0 == block && offset >= at_hand.1 && inside < at_hand.2.len() {
                let len = out.len().min(at_hand.2.len() - inside);
                let (now, later) = out.split_at_mut(len);
                now.copy_from_slice(&at_hand.2[inside..inside + len]);
                (out, offset) = (later, offset + len as u32);
                continue;
            }
            let start = offset - offset % self.geometry.read_size;
            let wanted = self.geometry.cache_size().next_multiple_of(self.geometry.read_size);
            let mut piece = core::mem::take(&mut self.piece.2);
            let len = wanted.min(size - start) as usize;
            memory::resize(&mut piece, len, 0)?;
            dev.read(block, start, &mut piece)?;
            self.piece = (block, start, piece);
        }
        Ok(())
    }

    /// A whole block.
    pub fn read_block(&mut self, dev: &dyn Device, block: u32) -> Result<Vec<u8>> {
        let mut bytes = memory::filled(self.geometry.block_size as usize, 0)?;
        if !self.has(block) {
            return Err(Error::CORRUPT);
        }
        dev.read(block, 0, &mut bytes)?;
        Ok(bytes)
    }

    /// A number of 32 bits, least significant byte first.
    pub fn read_u32(&mut self, dev: &dyn Device, block: u32, offset: u32) -> Result<u32> {
        let mut bytes = [0; 4];
        self.read(dev, block, offset, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// Programs and reads back.
    pub fn program(&mut self, dev: &dyn Device, block: u32, offset: u32, bytes: &[u8]) -> Result {
        self.forget(block);
        if !self.has(block) {
            return Err(Error::CORRUPT);
        }
        let mut written = memory::filled(bytes.len(), 0)?;
        dev.program(block, offset, bytes)?;
        self.read(dev, block, offset, &mut written)?;
        if written == bytes { Ok(()) } else { Err(Error::CORRUPT) }
    }

    pub fn erase(&mut self, dev: &dyn Device, block: u32) -> Result {
        self.forget(block);
        if self.has(block) { dev.erase(block) } else { Err(Error::CORRUPT) }
    }

    fn forget(&mut self, block: u32) {
        if self.piece.0 == block {
            self.piece.2.clear();
        }
    }
}

#[cfg(test)]
pub mod testing {
    //! A device in memory that can lose its power.

    use alloc::vec;
    use core::cell::{Cell, RefCell};

    use super::*;

    pub struct Memory {
        pub bytes: RefCell<Vec<u8>>,
        block_size: u32,
        /// Writes until the power fails.
        pub left: Cell<u32>,
        /// What the write on which it fails does: nothing, half, or all.
        pub half: Cell<u32>,
        /// A block that has become old, and how it shows.
        pub worn: Cell<Option<(u32, Wear)>>,
    }

    /// What a worn block does when it is written to.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Wear {
        /// It keeps only ones where there should be zeros, in some places, and does not say so.
        Forgets,
        /// It changes nothing, and does not say so.
        Stays,
        /// It cannot be erased, which is an error.
        FailsToErase,
        /// It can be erased, and programming it is an error.
        FailsToProgram,
    }

    impl Memory {
        pub fn new(block_size: u32, block_count: u32) -> Memory {
            let bytes = RefCell::new(vec![0xff; (block_size * block_count) as usize]);
            Memory::of(bytes, block_size)
        }

        fn of(bytes: RefCell<Vec<u8>>, block_size: u32) -> Memory {
            Memory { bytes, block_size, left: Cell::new(u32::MAX), half: Cell::new(0), worn: Cell::new(None) }
        }

        /// A device with the same content, and power.
        pub fn copy(&self) -> Memory {
            Memory::of(self.bytes.clone(), self.block_size)
        }

        fn range(&self, block: u32, offset: u32, len: usize) -> core::ops::Range<usize> {
            let start = (block * self.block_size + offset) as usize;
            start..start + len
        }

        fn wear(&self, block: u32) -> Option<Wear> {
            self.worn.get().filter(|worn| worn.0 == block).map(|worn| worn.1)
        }

        fn write(&self, block: u32, offset: u32, len: usize, byte: impl Fn(usize) -> u8) -> Result {
            let left = self.left.get();
            self.left.set(left.saturating_sub(1));
            let len = match (left, self.half.get()) {
                (2.., _) => len,
                (1, half) => len * half as usize / 2,
                (0, _) => 0,
            };
            let range = self.range(block, offset, len);
            self.bytes.borrow_mut()[range].iter_mut().enumerate().for_each(|(n, to)| *to = byte(n));
            if left < 2 { Err(Error::BROKEN) } else { Ok(()) }
        }
    }

    impl Device for Memory {
        fn read(&self, block: u32, offset: u32, buffer: &mut [u8]) -> Result {
            if self.left.get() == 0 {
                return Err(Error::BROKEN);
            }
            buffer.copy_from_slice(&self.bytes.borrow()[self.range(block, offset, buffer.len())]);
            Ok(())
        }

        fn program(&self, block: u32, offset: u32, bytes: &[u8]) -> Result {
            match self.wear(block) {
                Some(Wear::Forgets) => self.write(block, offset, bytes.len(), |n| bytes[n] | u8::from(n % 9 == 8)),
                Some(Wear::Stays) => Ok(()),
                Some(Wear::FailsToProgram) => Err(Error::BROKEN),
                Some(Wear::FailsToErase) | None => self.write(block, offset, bytes.len(), |n| bytes[n]),
            }
        }

        fn erase(&self, block: u32) -> Result {
            match self.wear(block) {
                Some(Wear::Stays) => return Ok(()),
                Some(Wear::FailsToErase) => return Err(Error::BROKEN),
                _ => {}
            }
            self.write(block, 0, self.block_size as usize, |_| 0xff)
        }

        fn sync(&self) -> Result {
            Ok(())
        }
    }
}
