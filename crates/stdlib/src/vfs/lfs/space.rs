//! Which blocks are free.

use alloc::vec::Vec;

use super::device::{Error, Result};
use crate::vfs::memory;

/// A map of blocks in use, and where in it the search for a free one has come.
///
/// Nothing on the device says which blocks are free, so the map is made by walking through everything now and then.
/// Blocks that were given away and are not yet part of anything are not found so: between two
/// [checkpoints](Space::checkpoint), at which there are none, no block is looked at twice.
pub struct Space {
    used: Vec<u8>,
    start: u32,
    /// Blocks that have been looked at since the map was made, and how many the map is good for.
    next: u32,
    size: u32,
    /// Blocks that may yet be looked at before the next checkpoint.
    left: u32,
    block_count: u32,
}

impl Space {
    pub fn new(block_count: u32, start: u32) -> Space {
        let start = start.checked_rem(block_count).unwrap_or(0);
        Space { used: Vec::new(), start, next: 0, size: 0, left: block_count, block_count }
    }

    /// Notes that all blocks given away are part of something, or are given up.
    pub fn checkpoint(&mut self) {
        self.left = self.block_count;
    }

    /// A free block, if the map has one.
    pub fn take(&mut self) -> Option<u32> {
        while self.next < self.size {
            let block = (self.start + self.next) % self.block_count;
            self.next += 1;
            self.left = self.left.saturating_sub(1);
            let byte = self.used.get(block as usize / 8).copied().unwrap_or(0xff);
            if byte & 1 << (block % 8) == 0 {
                return Some(block);
            }
        }
        None
    }

    /// Begins a new map, once [`take`](Space::take) has found nothing.
    ///
    /// # Errors
    /// `ENOSPC` if all blocks have been looked at.
    pub fn begin_map(&mut self) -> Result<Map> {
        if self.left == 0 {
            return Err(Error::NO_SPACE);
        }
        let used = memory::filled((self.block_count as usize).div_ceil(8), 0)?;
        Ok(Map { used, block_count: self.block_count })
    }

    /// Makes `map` the map.
    pub fn set_map(&mut self, map: Map) {
        self.used = map.used;
        self.start = (self.start + self.next).checked_rem(self.block_count).unwrap_or(0);
        (self.next, self.size) = (0, self.block_count.min(self.left));
    }
}

/// A map that is being made.
pub struct Map {
    used: Vec<u8>,
    block_count: u32,
}

impl Map {
    /// Notes that a block is in use.
    pub fn mark(&mut self, block: u32) {
        if block < self.block_count
            && let Some(byte) = self.used.get_mut(block as usize / 8)
        {
            *byte |= 1 << (block % 8);
        }
    }
}
