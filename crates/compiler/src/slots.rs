//! Where numbered items are, by their hashes.

use alloc::vec::Vec;

use berus_mpy::memory::{Quota, Stop};

/// An open-addressing hash table of the numbers of items, from 1; the items themselves are elsewhere, each once. A slot with 0 is free. The
/// number of slots is a power of two, or none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slots(Vec<u32>);

impl Slots {
    /// Whether there are no slots yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many slots there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether `count` items are too many to be found quickly.
    pub fn are_few_for(&self, count: usize) -> bool {
        count * 4 > self.0.len() * 3
    }

    /// The slot of the item with this hash that `is_it` knows by its number, or the free slot where such an item belongs. There must be slots.
    pub fn place(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> usize {
        let mask = self.0.len() - 1;
        let mut slot = hash as usize & mask;
        while self.0[slot] != 0 && !is_it(self.0[slot]) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// The number of the item with this hash that `is_it` knows by its number; 0 if there is none.
    pub fn find(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> u32 {
        self.0[self.place(hash, is_it)]
    }

    /// Enters the number of an item that is not there.
    pub fn enter(&mut self, hash: u32, number: u32) {
        let slot = self.place(hash, |_| false);
        self.0[slot] = number;
    }

    /// Exchanges what two slots hold.
    pub fn swap(&mut self, a: usize, b: usize) {
        self.0.swap(a, b);
    }

    /// Makes `count` free slots; all numbers are to be entered anew.
    ///
    /// # Errors
    /// If there is no memory for them.
    pub fn renew(&mut self, count: usize, quota: &Quota<'_>) -> Result<(), Stop> {
        let mut slots = Vec::new();
        quota.resize(&mut slots, count, 0)?;
        quota.free(core::mem::replace(&mut self.0, slots));
        Ok(())
    }

    /// Gives back the memory.
    pub fn retire(self, quota: &Quota<'_>) {
        quota.free(self.0);
    }
}
