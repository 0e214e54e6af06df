//! The index of a hash table, which finds entries by their hash.

use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::model::layout::Map;

/// The most entries of a map without an index.
pub const PLAIN: u32 = 8;

/// All words by the golden ratio: of all multipliers the one that scatters successive hashes most evenly.
const GOLDEN: usize = (0x9e37_79b9_7f4a_7c15_u64 >> (u64::BITS - usize::BITS)) as usize | 1;

/// The slot for a hash: multiplication carries all bits of the hash to the highest, which choose. So keys that differ by
/// multiples of a power of two have slots of their own, too.
#[cfg_attr(not(feature = "small"), inline(always))]
const fn first_slot(hash: usize, shift: u32) -> usize {
    hash.wrapping_mul(GOLDEN) >> shift
}

/// Slots of the index for `capacity` entries.
const fn len(capacity: u32) -> usize {
    if capacity <= PLAIN { 0 } else { (usize::MAX >> shift(capacity)) + 1 }
}

/// Bits of a hash that do not choose among the slots for `capacity` entries, of which there are more than [`PLAIN`].
#[cfg_attr(not(feature = "small"), inline(always))]
const fn shift(capacity: u32) -> u32 {
    (capacity + capacity / 2).leading_zeros() + (usize::BITS - u32::BITS)
}

/// Bytes of a slot of the index for `capacity` entries.
#[cfg_attr(not(feature = "small"), inline(always))]
const fn slot_size(capacity: u32) -> usize {
    if capacity < 1 << 8 {
        1
    } else if capacity < 1 << 16 {
        2
    } else {
        4
    }
}

/// Bytes of the index for `capacity` entries.
pub const fn bytes(capacity: u32) -> usize {
    len(capacity) * slot_size(capacity)
}

/// The index of a map: a power of two of slots, each 0 or the number of an entry, from 1. It is valid as long as the
/// map keeps its block.
#[derive(Clone, Copy)]
pub struct Index<'m> {
    map: PhantomData<&'m Map>,
    start: NonNull<u8>,
    last: usize,
    shift: u32,
    slot_size: usize,
}

impl<'m> Index<'m> {
    /// The index of `map`, if it has one.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn of(map: &'m Map) -> Option<Index<'m>> {
        let capacity = map.capacity.get();
        if capacity <= PLAIN {
            return None;
        }
        // SAFETY: the index follows the room for entries in the block.
        let start = unsafe { map.block.get()?.add(capacity as usize) }.cast();
        let shift = shift(capacity);
        Some(Index { map: PhantomData, start, last: usize::MAX >> shift, shift, slot_size: slot_size(capacity) })
    }

    /// The first slot to look at for a hash.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn first(self, hash: usize) -> usize {
        first_slot(hash, self.shift)
    }

    /// The slot to look at after `slot`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn after(self, slot: usize) -> usize {
        (slot + 1) & self.last
    }

    /// The number of the entry that a slot names, if the slot is taken.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn get(self, slot: usize) -> Option<usize> {
        let slot = slot & self.last;
        // SAFETY: the map still has the block, which ends with `last + 1` slots of `slot_size` bytes.
        let number = unsafe {
            match self.slot_size {
                1 => usize::from(self.start.add(slot).read()),
                2 => usize::from(self.start.cast::<u16>().add(slot).read()),
                _ => self.start.cast::<u32>().add(slot).read() as usize,
            }
        };
        number.checked_sub(1)
    }

    /// Makes the first free slot for `hash` name the entry `entry`. Answers how many slots before it were taken.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn enter(self, hash: usize, entry: u32) -> usize {
        let (mut slot, mut taken) = (self.first(hash), 0);
        while self.get(slot).is_some() {
            slot = self.after(slot);
            taken += 1;
        }
        self.set(slot, entry);
        taken
    }

    /// Makes a slot name the entry `entry`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn set(self, slot: usize, entry: u32) {
        let (slot, number) = (slot & self.last, entry + 1);
        // SAFETY: the map still has the block, which ends with `last + 1` slots of `slot_size` bytes; the number of an
        // entry fits into a slot.
        unsafe {
            match self.slot_size {
                1 => self.start.add(slot).write(number as u8),
                2 => self.start.cast::<u16>().add(slot).write(number as u16),
                _ => self.start.cast::<u32>().add(slot).write(number),
            }
        }
    }

    /// Empties all slots.
    pub fn clear(self) {
        // SAFETY: the map still has the block, which ends with `last + 1` slots of `slot_size` bytes.
        unsafe { self.start.write_bytes(0, (self.last + 1) * self.slot_size) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    /// The most slots in a row that are taken when `hashes` are entered.
    fn longest_run(hashes: impl ExactSizeIterator<Item = usize>) -> usize {
        let capacity = hashes.len() as u32;
        let mut taken = vec![false; len(capacity)];
        for hash in hashes {
            let mut slot = first_slot(hash, shift(capacity));
            while taken[slot] {
                slot = (slot + 1) % taken.len();
            }
            taken[slot] = true;
        }
        taken.split(|taken| !taken).map(<[bool]>::len).max().unwrap_or_default()
    }

    #[test]
    fn hashes_at_any_distance_have_slots_of_their_own() {
        let runs = (0..usize::BITS - 12).map(|bits| longest_run((0..4096).map(|n| n << bits))).collect::<Vec<_>>();
        assert!(runs.iter().all(|&run| run < 64), "{runs:?}");
        let runs = (1..200).map(|step| longest_run((0..4096).map(|n| n * step))).collect::<Vec<_>>();
        assert!(runs.iter().all(|&run| run < 256), "{runs:?}");
    }
}
