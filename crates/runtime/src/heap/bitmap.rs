//! The state of the granules: two bits say what each one is, a third what its block holds.
//!
//! | start | mark | the granule |
//! | ----- | ---- | ----------- |
//! | 1     | 0    | begins a block |
//! | 1     | 1    | begins a block that the running collection has reached |
//! | 0     | 1    | begins free memory |
//! | 0     | 0    | continues what the granules before it began |
//!
//! So a sweep is two operations on whole words, neighbouring free memory needs no merging, and freeing a block is
//! moving one bit. This file relies on no other one of the heap, and knows no addresses.

use core::cell::Cell;

/// Granules whose bits share a word.
pub(super) const GROUP: usize = usize::BITS as usize;

/// What stands in place of a way back in a group whose memory the system has.
const ABSENT: usize = usize::MAX;

/// The bits of [`GROUP`] neighbouring granules. The three words lie together because marking a block needs all of them.
#[derive(Default)]
#[repr(C)]
pub(super) struct Group {
    pub starts: Cell<usize>,
    pub marks: Cell<usize>,
    /// For a granule that begins a block: the block holds no pointers. In a group that lies whole inside a large
    /// block and so has no bits of its own: how many groups back to look for the block's start, 0 for "not
    /// recorded". [`ABSENT`] in a group that lies whole inside free memory that was given back to the system.
    pub leaf: Cell<usize>,
}

impl Group {
    /// The granules that begin something, be it a block or free memory.
    #[inline]
    pub fn events(&self) -> usize {
        self.starts.get() | self.marks.get()
    }

    /// Frees the blocks not marked and takes the marks off the others. Given whether the granule before the group is
    /// free, answers how many granules of the group are free now, and whether the last of them is.
    #[inline]
    pub fn sweep(&self, free_before: bool) -> (usize, bool) {
        let (starts, marks) = (self.starts.get(), self.marks.get());
        self.starts.set(starts & marks);
        self.marks.set(starts ^ marks);
        self.count_free(free_before)
    }

    /// Takes the marks off all blocks without freeing any.
    pub fn unmark(&self) {
        self.marks.set(self.marks.get() & !self.starts.get());
    }

    /// The same figures as [`Group::sweep`], of a group that holds no marked block.
    ///
    /// "Free" spreads from a free beginning through what continues it up to the next block, as a carry spreads through
    /// an addition, so one addition finds all free granules.
    #[inline]
    pub fn count_free(&self, free_before: bool) -> (usize, bool) {
        if self.events() == 0 {
            return (if free_before { GROUP } else { 0 }, free_before);
        }
        let generate = self.marks.get();
        let propagate = !self.starts.get();
        let (sum, over) = propagate.overflowing_add(generate);
        let (sum, over_too) = sum.overflowing_add(free_before.into());
        let free_after = over | over_too;
        let carries_in = propagate ^ generate ^ sum;
        let free = carries_in.count_ones() as usize + usize::from(free_after) - usize::from(free_before);
        (free, free_after)
    }

    #[inline]
    pub fn set_start(&self, bit: usize) {
        self.starts.set(self.starts.get() | bit);
    }

    #[inline]
    pub fn set_mark(&self, bit: usize) {
        self.marks.set(self.marks.get() | bit);
    }

    /// Whether the system has the group's memory.
    #[inline]
    pub fn is_absent(&self) -> bool {
        self.leaf.get() == ABSENT && self.events() == 0
    }

    /// Notes that the system has the group's memory, all of it free and none of it the beginning of free memory; or
    /// that it comes back.
    pub fn set_absent(&self, absent: bool) {
        self.clear(usize::MAX);
        self.leaf.set(if absent { ABSENT } else { 0 });
    }

    #[inline]
    pub fn set_leaf(&self, bit: usize) {
        self.leaf.set(self.leaf.get() | bit);
    }

    /// Makes the granules of `mask` continue what is before them, with no record of what they held.
    #[inline]
    pub fn clear(&self, mask: usize) {
        self.starts.set(self.starts.get() & !mask);
        self.marks.set(self.marks.get() & !mask);
        self.leaf.set(self.leaf.get() & !mask);
    }
}

/// A mask of the bits from `bit`, counted from 0, upwards; empty if `bit` is [`GROUP`].
#[inline]
pub(super) fn from_bit(bit: usize) -> usize {
    usize::MAX.checked_shl(bit as u32).unwrap_or(0)
}

/// A mask of the bits up to and with `bit`, which is below [`GROUP`].
#[inline]
pub(super) fn through_bit(bit: usize) -> usize {
    usize::MAX >> (GROUP - 1 - bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(starts: usize, marks: usize) -> Group {
        Group { starts: Cell::new(starts), marks: Cell::new(marks), leaf: Cell::new(0) }
    }

    /// What `count_free` computes, granule by granule.
    fn count_slowly(group: &Group, mut free: bool) -> (usize, bool) {
        let mut count = 0;
        for bit in 0..GROUP {
            if group.starts.get() >> bit & 1 == 1 {
                free = false;
            } else if group.marks.get() >> bit & 1 == 1 {
                free = true;
            }
            count += usize::from(free);
        }
        (count, free)
    }

    #[test]
    fn free_granules_are_counted_by_an_addition() {
        let mut seed = 1usize;
        let mut random = || {
            seed = seed.wrapping_mul(0x915f_77f5).wrapping_add(0x3c6e_f35f).rotate_left(13);
            seed
        };
        for _ in 0..10_000 {
            let starts = random() & random();
            let group = group(starts, random() & random() & !starts);
            for before in [false, true] {
                assert_eq!(group.count_free(before), count_slowly(&group, before));
            }
        }
    }

    #[test]
    fn empty_and_full_groups_are_counted() {
        assert_eq!(group(0, 0).count_free(false), (0, false));
        assert_eq!(group(0, 0).count_free(true), (GROUP, true));
        assert_eq!(group(1, 0).count_free(true), (0, false));
        assert_eq!(group(0, 1).count_free(false), (GROUP, true));
        assert_eq!(group(usize::MAX, 0).count_free(true), (0, false));
        assert_eq!(group(0, usize::MAX).count_free(false), (GROUP, true));
    }

    #[test]
    fn a_sweep_frees_what_is_not_marked() {
        // Granule 0 begins a dead block, 2 a live one, 5 free memory, 7 a dead block.
        let group = group(0b1000_0101, 0b0010_0100);
        let (free, free_after) = group.sweep(false);
        assert_eq!(group.starts.get(), 0b0000_0100);
        assert_eq!(group.marks.get(), 0b1010_0001);
        assert_eq!((free, free_after), (GROUP - 3, true));
    }

    #[test]
    fn masks() {
        assert_eq!(from_bit(0), usize::MAX);
        assert_eq!(from_bit(GROUP), 0);
        assert_eq!(through_bit(0), 1);
        assert_eq!(through_bit(GROUP - 1), usize::MAX);
        assert_eq!(from_bit(3) & through_bit(5), 0b11_1000);
    }
}
