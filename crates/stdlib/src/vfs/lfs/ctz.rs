//! Skip lists of blocks: what files larger than a few bytes are.
//!
//! Block number n of a file, but for number 0, starts with pointers: to number n - 1, and as long as n is divisible by
//! 2, 4, 8 and so on to the block that far before it. Data follows (littlefs: `DESIGN.md`, "The move problem" and
//! before). Blocks never change, so that what follows a changed block is written anew, and what is before it is shared.

use alloc::vec::Vec;

use super::device::{Device, Disk, Error, Result};
use crate::vfs::memory;

/// A file's data: its last block, and its size in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct List {
    pub head: u32,
    pub size: u32,
}

/// In which of its blocks byte `at` of a file is, and where there, pointers included.
pub fn position(block_size: u32, at: u32) -> (u32, u32) {
    // A block has two pointers on average.
    let average = block_size - 8;
    let guess = at / average;
    if guess == 0 {
        return (0, at);
    }
    let index = (at - 4 * ((guess - 1).count_ones() + 2)) / average;
    let offset = i64::from(at) - i64::from(average) * i64::from(index) - 4 * i64::from(index.count_ones());
    (index, offset as u32)
}

/// Bytes of pointers at the start of block number `index`.
fn pointers(index: u32) -> u32 {
    if index == 0 { 0 } else { 4 * (index.trailing_zeros() + 1) }
}

impl List {
    /// Where the list ends: the number of its last block. `None` if it is empty.
    fn last(self, block_size: u32) -> Option<u32> {
        Some(position(block_size, self.size.checked_sub(1)?).0)
    }

    /// Whether a device can hold so much.
    pub fn is_possible(self, disk: &Disk) -> bool {
        let last = self.last(disk.geometry.block_size);
        last.is_none_or(|last| last < disk.geometry.block_count && disk.has(self.head))
    }

    /// The block with number `index`, which is at most the last.
    fn block(self, disk: &mut Disk, dev: &dyn Device, index: u32) -> Result<u32> {
        let mut at = self.last(disk.geometry.block_size).ok_or(Error::CORRUPT)?;
        let mut block = self.head;
        while at > index {
            // The farthest pointer that does not go too far.
            let skip = (at - index).ilog2().min(at.trailing_zeros());
            block = disk.read_u32(dev, block, 4 * skip)?;
            at -= 1 << skip;
        }
        if disk.has(block) { Ok(block) } else { Err(Error::CORRUPT) }
    }

    /// Reads at byte `at`: how many bytes came, fewer than wanted only at the end.
    pub fn read(self, disk: &mut Disk, dev: &dyn Device, mut at: u32, out: &mut [u8]) -> Result<usize> {
        let wanted = out.len().min(self.size.saturating_sub(at) as usize);
        let mut rest = &mut out[..wanted];
        while !rest.is_empty() {
            let (index, offset) = position(disk.geometry.block_size, at);
            let block = self.block(disk, dev, index)?;
            let len = rest.len().min((disk.geometry.block_size - offset) as usize);
            let (now, later) = rest.split_at_mut(len);
            disk.read(dev, block, offset, now)?;
            (rest, at) = (later, at + len as u32);
        }
        Ok(wanted)
    }

    /// Shows all of its blocks to `each`.
    pub fn for_each(self, disk: &mut Disk, dev: &dyn Device, each: &mut dyn FnMut(u32)) -> Result {
        let Some(last) = self.last(disk.geometry.block_size) else { return Ok(()) };
        let mut block = self.head;
        for index in (0..=last).rev() {
            each(block);
            if index > 0 {
                block = disk.read_u32(dev, block, 0)?;
            }
        }
        Ok(())
    }
}

/// A list that is being written, from its start or from some byte of another.
pub struct Writer {
    /// What is written to the device: full blocks.
    written: List,
    /// The number of the block that is being filled, and what will be in it; empty if it has not been begun.
    index: u32,
    filling: Vec<u8>,
}

/// Gives free blocks.
pub type Allocate<'a> = &'a mut dyn FnMut(&mut Disk) -> Result<u32>;

impl Writer {
    /// A writer that goes on at byte `at` of `old`, which is at most its size.
    pub fn new(old: List, at: u32, disk: &mut Disk, dev: &dyn Device) -> Result<Writer> {
        let size = disk.geometry.block_size;
        let (index, offset) = match at.checked_sub(1) {
            None => (0, 0),
            Some(before) => {
                let (index, offset) = position(size, before);
                if offset + 1 == size { (index + 1, 0) } else { (index, offset + 1) }
            }
        };
        let mut writer = Writer { written: List::default(), index, filling: Vec::new() };
        if let Some(before) = index.checked_sub(1) {
            writer.written.head = old.block(disk, dev, before)?;
        }
        writer.written.size = at.saturating_sub(offset.saturating_sub(pointers(index)));
        if offset > 0 {
            // What comes before in that block. Its pointers are the same.
            let block = old.block(disk, dev, index)?;
            writer.filling = memory::filled(offset as usize, 0)?;
            disk.read(dev, block, 0, &mut writer.filling)?;
        }
        Ok(writer)
    }

    /// What has been written to the device of it.
    pub fn written(&self) -> List {
        self.written
    }

    /// Bytes of the file so far.
    pub fn size(&self) -> u32 {
        self.written.size + (self.filling.len() as u32).saturating_sub(pointers(self.index))
    }

    /// Adds bytes.
    pub fn write(&mut self, disk: &mut Disk, dev: &dyn Device, mut bytes: &[u8], allocate: Allocate<'_>) -> Result {
        while !bytes.is_empty() {
            if self.filling.is_empty() {
                self.begin(disk, dev)?;
            }
            let room = disk.geometry.block_size as usize - self.filling.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            memory::append(&mut self.filling, now)?;
            bytes = later;
            if now.len() == room {
                self.finish_block(disk, dev, allocate)?;
            }
        }
        Ok(())
    }

    /// Writes the pointers of a block.
    fn begin(&mut self, disk: &mut Disk, dev: &dyn Device) -> Result {
        if self.index == 0 {
            return Ok(());
        }
        let mut block = self.written.head;
        for level in 0..=self.index.trailing_zeros() {
            if level > 0 {
                block = disk.read_u32(dev, block, 4 * (level - 1))?;
            }
            memory::append(&mut self.filling, &block.to_le_bytes())?;
        }
        Ok(())
    }

    /// Writes the block that is being filled to the device, and to another if that one does not keep it.
    fn finish_block(&mut self, disk: &mut Disk, dev: &dyn Device, allocate: Allocate<'_>) -> Result {
        let size = self.size();
        let padded = self.filling.len().next_multiple_of(disk.geometry.program_size as usize);
        memory::resize(&mut self.filling, padded, 0xff)?;
        let head = loop {
            let block = allocate(disk)?;
            let result = disk.erase(dev, block).and_then(|()| disk.program(dev, block, 0, &self.filling));
            match result {
                Ok(()) => break block,
                Err(error) if error.is_corrupt() => {}
                Err(error) => return Err(error),
            }
        };
        self.written = List { head, size };
        self.index += 1;
        self.filling.clear();
        Ok(())
    }

    /// Writes what is left: the list.
    pub fn finish(mut self, disk: &mut Disk, dev: &dyn Device, allocate: Allocate<'_>) -> Result<List> {
        if !self.filling.is_empty() {
            self.finish_block(disk, dev, allocate)?;
        }
        Ok(self.written)
    }
}
