//! Small blocks in flash that is erased in large ones: a microcontroller's own, whose sectors have 128 KiB.
//!
//! Of two sectors one counts. It begins with a stamp and a table, which says for each of the slots behind it which block lies
//! there; of two slots with the same block the later one counts. So a block is erased by taking the next free slot for it. When
//! there is none, what counts is copied to the other sector, whose stamp then is the newer one. Whatever is interrupted by the
//! loss of power has happened or has not: stamps and entries of the table are written behind what they stand for, and as two
//! halves that do not match as long as one of them is incomplete.

use alloc::vec;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use berus_runtime::errno::{Errno, INVALID};
use berus_runtime::host::Flash;

/// Bytes of a block, and of a slot; the table has the room of one.
const BLOCK: usize = 1024;

/// Bytes of the stamp, and of an entry of the table.
const STAMP: usize = 8;
const ENTRY: usize = 4;

/// Bytes that are copied at once.
const PIECE: usize = 256;

/// What erased flash holds.
const ERASED: u8 = 0xff;

/// Two sectors, each all of a flash, of which a part is free for blocks that are erased, so that sectors seldom are.
pub struct Pair<F> {
    sectors: [F; 2],
    /// The slots of a sector.
    room: usize,
    blocks: usize,
    state: Cell<State>,
    /// The slots of blocks, from 1 on; 0 of those that have none, which are erased.
    slots: RefCell<Vec<u8>>,
}

#[derive(Clone, Copy)]
struct State {
    /// The sector that counts.
    sector: usize,
    /// The number of its stamp.
    number: u32,
    /// The next slot that is free.
    free: usize,
}

/// How many slots a sector has, or fewer if the table has room for fewer.
fn slots(sector_size: usize) -> usize {
    (sector_size / BLOCK).saturating_sub(1).min((BLOCK - STAMP) / ENTRY)
}

impl<F: Flash> Pair<F> {
    /// The blocks that two sectors hold: three quarters of those of the smaller one. Sectors that hold anything else are taken
    /// as erased.
    ///
    /// # Errors
    /// Those of the flash; `EINVAL` if it has too little room.
    pub fn new(sectors: [F; 2]) -> Result<Pair<F>, Errno> {
        let room = sectors.iter().map(|sector| slots(sector.block_count() * sector.block_size())).min().unwrap_or(0);
        let blocks = room * 3 / 4;
        if blocks == 0 {
            return Err(INVALID);
        }
        let state = Cell::new(State { sector: 0, number: 0, free: 0 });
        let pair = Pair { sectors, room, blocks, state, slots: RefCell::new(vec![0; blocks]) };
        match (pair.stamp(0)?, pair.stamp(1)?) {
            (None, None) => pair.start(0, 1)?,
            (Some(number), None) => pair.open(0, number)?,
            (None, Some(number)) => pair.open(1, number)?,
            // Numbers begin anew behind the largest.
            (Some(first), Some(second)) if first.wrapping_sub(second) as i32 > 0 => pair.open(0, first)?,
            (Some(_), Some(second)) => pair.open(1, second)?,
        }
        Ok(pair)
    }

    fn erase_sector(&self, sector: usize) -> Result<(), Errno> {
        let flash = &self.sectors[sector];
        (0..flash.block_count()).try_for_each(|block| flash.erase(block))
    }

    /// The number of a sector's stamp, if that is whole.
    fn stamp(&self, sector: usize) -> Result<Option<u32>, Errno> {
        let mut words = [[0; 4]; 2];
        self.sectors[sector].read(0, words.as_flattened_mut())?;
        let [number, inverse] = words.map(u32::from_le_bytes);
        Ok((number == !inverse).then_some(number))
    }

    /// Has a sector count from now on.
    fn write_stamp(&self, sector: usize, number: u32) -> Result<(), Errno> {
        let words = [number.to_le_bytes(), (!number).to_le_bytes()];
        self.sectors[sector].write(0, words.as_flattened())
    }

    /// The block that lies in a slot, if the slot is taken; `None` in place of a block whose entry was not completed.
    fn entry(&self, sector: usize, slot: usize) -> Result<Option<Option<usize>>, Errno> {
        let mut halves = [[0; 2]; 2];
        self.sectors[sector].read(STAMP + (slot - 1) * ENTRY, halves.as_flattened_mut())?;
        if halves == [[ERASED; 2]; 2] {
            return Ok(None);
        }
        let [block, inverse] = halves.map(u16::from_le_bytes);
        Ok(Some((block == !inverse).then_some(block.into()).filter(|block| *block < self.blocks)))
    }

    fn write_entry(&self, sector: usize, slot: usize, block: usize) -> Result<(), Errno> {
        let block = block as u16;
        let halves = [block.to_le_bytes(), (!block).to_le_bytes()];
        self.sectors[sector].write(STAMP + (slot - 1) * ENTRY, halves.as_flattened())
    }

    /// Makes a sector one without blocks, which counts.
    fn start(&self, sector: usize, number: u32) -> Result<(), Errno> {
        self.erase_sector(sector)?;
        self.write_stamp(sector, number)?;
        self.state.set(State { sector, number, free: 1 });
        Ok(())
    }

    /// Reads the table of the sector that counts.
    fn open(&self, sector: usize, number: u32) -> Result<(), Errno> {
        let mut free = 1;
        while free <= self.room {
            match self.entry(sector, free)? {
                None => break,
                Some(Some(block)) => self.slots.borrow_mut()[block] = free as u8,
                Some(None) => {}
            }
            free += 1;
        }
        self.state.set(State { sector, number, free });
        Ok(())
    }

    /// The slot of a block.
    fn slot(&self, block: usize) -> Option<usize> {
        self.slots.borrow().get(block).map(|slot| usize::from(*slot)).filter(|slot| *slot > 0)
    }

    /// A slot for a block: the next that is free, which is erased.
    fn take_slot(&self, block: usize) -> Result<usize, Errno> {
        if self.state.get().free > self.room {
            self.compact(block)?;
        }
        let State { sector, number, free } = self.state.get();
        // Whatever becomes of the entry, the slot is used up.
        self.state.set(State { sector, number, free: free + 1 });
        self.write_entry(sector, free, block)?;
        self.slots.borrow_mut()[block] = free as u8;
        Ok(free)
    }

    /// Has the other sector count, with all blocks but one.
    fn compact(&self, without: usize) -> Result<(), Errno> {
        let State { sector, number, .. } = self.state.get();
        let other = 1 - sector;
        self.erase_sector(other)?;
        let mut slots = vec![0; self.blocks];
        let mut free = 1;
        for block in (0..self.blocks).filter(|block| *block != without) {
            let Some(slot) = self.slot(block) else { continue };
            let mut piece = [0; PIECE];
            for offset in (0..BLOCK).step_by(PIECE) {
                self.sectors[sector].read(slot * BLOCK + offset, &mut piece)?;
                if piece.iter().any(|byte| *byte != ERASED) {
                    self.sectors[other].write(free * BLOCK + offset, &piece)?;
                }
            }
            self.write_entry(other, free, block)?;
            slots[block] = free as u8;
            free += 1;
        }
        let number = number.wrapping_add(1);
        self.write_stamp(other, number)?;
        self.slots.replace(slots);
        self.state.set(State { sector: other, number, free });
        Ok(())
    }

    /// The parts of `len` bytes from `offset` on that lie in one block each: the block, where in it, and which bytes.
    fn parts(offset: usize, len: usize) -> impl Iterator<Item = (usize, usize, core::ops::Range<usize>)> {
        let mut at = 0;
        core::iter::from_fn(move || {
            let (block, within) = ((offset + at) / BLOCK, (offset + at) % BLOCK);
            let part = at..(at + BLOCK - within).min(len);
            at = part.end;
            (!part.is_empty()).then_some((block, within, part))
        })
    }
}

impl<F: Flash> Flash for Pair<F> {
    fn block_size(&self) -> usize {
        BLOCK
    }

    fn block_count(&self) -> usize {
        self.blocks
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) -> Result<(), Errno> {
        for (block, within, part) in Self::parts(offset, bytes.len()) {
            match self.slot(block) {
                Some(slot) => self.sectors[self.state.get().sector].read(slot * BLOCK + within, &mut bytes[part])?,
                None => bytes[part].fill(ERASED),
            }
        }
        Ok(())
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), Errno> {
        for (block, within, part) in Self::parts(offset, bytes.len()) {
            let slot = match self.slot(block) {
                Some(slot) => slot,
                None => self.take_slot(block)?,
            };
            self.sectors[self.state.get().sector].write(slot * BLOCK + within, &bytes[part])?;
        }
        Ok(())
    }

    fn erase(&self, block: usize) -> Result<(), Errno> {
        // One that has never been written to is erased.
        if self.slot(block).is_some() {
            self.take_slot(block)?;
        }
        Ok(())
    }

    fn sync(&self) -> Result<(), Errno> {
        self.sectors.iter().try_for_each(Flash::sync)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    /// Bytes of a sector: seven slots, for five blocks.
    const SECTOR: usize = 8 * BLOCK;

    /// Two sectors whose power goes when so many of its changes were made, the last of them by half.
    struct Failing {
        bytes: RefCell<Vec<u8>>,
        changes: Cell<usize>,
    }

    impl Failing {
        fn new() -> Failing {
            // What is there before is of no meaning.
            Failing { bytes: RefCell::new(vec![0x5a; 2 * SECTOR]), changes: Cell::new(usize::MAX) }
        }

        /// Notes a change of `len` bytes: how many of them are made.
        fn change(&self, len: usize) -> Result<usize, Errno> {
            let left = self.changes.get();
            self.changes.set(left.saturating_sub(1));
            match left {
                0 => Err(INVALID),
                1 => Ok(len / 2),
                _ => Ok(len),
            }
        }
    }

    /// One of the sectors, which is erased by halves.
    struct Sector<'a>(&'a Failing, usize);

    impl Flash for Sector<'_> {
        fn block_size(&self) -> usize {
            SECTOR / 2
        }

        fn block_count(&self) -> usize {
            2
        }

        fn read(&self, offset: usize, bytes: &mut [u8]) -> Result<(), Errno> {
            bytes.copy_from_slice(&self.0.bytes.borrow()[self.1 * SECTOR + offset..][..bytes.len()]);
            Ok(())
        }

        fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), Errno> {
            let made = self.0.change(bytes.len())?;
            for (place, byte) in self.0.bytes.borrow_mut()[self.1 * SECTOR + offset..].iter_mut().zip(&bytes[..made]) {
                assert_eq!(byte & !*place, 0, "ones come back by erasing only");
                *place &= byte;
            }
            if made < bytes.len() { Err(INVALID) } else { Ok(()) }
        }

        fn erase(&self, block: usize) -> Result<(), Errno> {
            let made = self.0.change(self.block_size())?;
            self.0.bytes.borrow_mut()[self.1 * SECTOR + block * self.block_size()..][..made].fill(ERASED);
            if made < self.block_size() { Err(INVALID) } else { Ok(()) }
        }
    }

    fn open(flash: &Failing) -> Result<Pair<Sector<'_>>, Errno> {
        Pair::new([Sector(flash, 0), Sector(flash, 1)])
    }

    fn read<F: Flash>(pair: &Pair<F>, block: usize) -> [u8; BLOCK] {
        let mut bytes = [0; BLOCK];
        pair.read(block * BLOCK, &mut bytes).unwrap();
        bytes
    }

    fn replace<F: Flash>(pair: &Pair<F>, block: usize, byte: u8) -> Result<(), Errno> {
        pair.erase(block)?;
        pair.write(block * BLOCK, &[byte; BLOCK])
    }

    #[test]
    fn blocks_keep_what_is_written() {
        let flash = Failing::new();
        let pair = open(&flash).unwrap();
        assert_eq!(pair.block_count(), 5);
        assert_eq!(read(&pair, 4), [ERASED; BLOCK]);
        for round in 0..40 {
            replace(&pair, round % 5, round as u8).unwrap();
        }
        for pair in [&pair, &open(&flash).unwrap()] {
            for block in 0..5 {
                assert_eq!(read(pair, block), [35 + block as u8; BLOCK]);
            }
        }
    }

    #[test]
    fn bytes_may_cross_blocks() {
        let flash = Failing::new();
        let pair = open(&flash).unwrap();
        pair.write(BLOCK - 2, b"over").unwrap();
        let mut bytes = [0; 6];
        pair.read(BLOCK - 3, &mut bytes).unwrap();
        assert_eq!(&bytes, b"\xffover\xff");
    }

    #[test]
    fn sectors_without_room_are_refused() {
        struct Small;
        impl Flash for Small {
            fn block_size(&self) -> usize {
                2 * BLOCK
            }
            fn block_count(&self) -> usize {
                1
            }
            fn read(&self, _: usize, _: &mut [u8]) -> Result<(), Errno> {
                Ok(())
            }
            fn write(&self, _: usize, _: &[u8]) -> Result<(), Errno> {
                Ok(())
            }
            fn erase(&self, _: usize) -> Result<(), Errno> {
                Ok(())
            }
        }
        assert_eq!(Pair::new([Small, Small]).err(), Some(INVALID));
    }

    /// Wherever power goes, each block holds what it held, and the one that was being replaced holds that, or the new bytes as
    /// far as they came.
    #[test]
    fn power_may_go_at_any_change() {
        for changes in 1.. {
            let flash = Failing::new();
            let mut expected = [0; 5];
            {
                let pair = open(&flash).unwrap();
                for block in 0..5 {
                    replace(&pair, block, 0).unwrap();
                }
            }
            flash.changes.set(changes);
            let mut replaced = None;
            if let Ok(pair) = open(&flash) {
                for round in 1..30u8 {
                    let block = usize::from(round) * 3 % 5;
                    if replace(&pair, block, round).is_err() {
                        replaced = Some((block, round));
                        break;
                    }
                    expected[block] = round;
                }
            }
            flash.changes.set(usize::MAX);
            let pair = open(&flash).unwrap();
            for (block, byte) in expected.iter().enumerate() {
                let bytes = read(&pair, block);
                let new = replaced.filter(|(replaced, _)| *replaced == block).map(|(_, new)| new);
                let whole = bytes == [*byte; BLOCK];
                let part = new.is_some_and(|new| bytes.iter().all(|byte| [new, ERASED].contains(byte)));
                assert!(whole || part, "after {changes} changes, block {block}");
            }
            // It goes on as if nothing had been.
            for round in 100..120u8 {
                replace(&pair, usize::from(round) % 5, round).unwrap();
            }
            for block in 0..5u8 {
                assert_eq!(read(&open(&flash).unwrap(), block.into()), [115 + block; BLOCK]);
            }
            if replaced.is_none() {
                break;
            }
        }
    }
}
