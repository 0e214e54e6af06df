//! The names of a scope, in order, each found in constant time.

use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};

use berus_mpy::memory::{Quota, Stop};

use super::Id;
use crate::names::Name;

/// As many names are as quickly looked through.
const FEW: usize = 8;

/// Names in the order in which they were met. As a slice, it is that of its entries; their names must stay as they are.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    list: Vec<Id>,
    /// An open-addressing hash table of positions in the list, counted from 1; 0 is a free slot. Its length is a power of
    /// two; it is empty while there are few names.
    slots: Vec<u32>,
}

impl Deref for Ids {
    type Target = [Id];

    fn deref(&self) -> &[Id] {
        &self.list
    }
}

impl DerefMut for Ids {
    fn deref_mut(&mut self) -> &mut [Id] {
        &mut self.list
    }
}

impl Ids {
    /// Where `name` is.
    pub fn find(&self, name: Name) -> Option<usize> {
        if self.slots.is_empty() {
            return self.list.iter().position(|id| id.name == name);
        }
        match self.slots[self.slot(name)] {
            0 => None,
            number => Some(number as usize - 1),
        }
    }

    /// Adds a name that is not there, and answers where it is.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn add(&mut self, id: Id, quota: &Quota<'_>) -> Result<usize, Stop> {
        let i = self.list.len();
        if i >= FEW && (i + 1) * 4 > self.slots.len() * 3 {
            self.rehash((self.slots.len() * 2).max(4 * FEW), quota)?;
        }
        quota.push(&mut self.list, id)?;
        if !self.slots.is_empty() {
            let slot = self.slot(id.name);
            self.slots[slot] = i as u32 + 1;
        }
        Ok(i)
    }

    /// Exchanges two names.
    pub fn swap(&mut self, a: usize, b: usize) {
        if !self.slots.is_empty() {
            let (slot_a, slot_b) = (self.slot(self.list[a].name), self.slot(self.list[b].name));
            self.slots.swap(slot_a, slot_b);
        }
        self.list.swap(a, b);
    }

    /// Gives back memory that is not used.
    pub fn shrink(&mut self, quota: &Quota<'_>) {
        quota.shrink(&mut self.list);
    }

    /// Forgets all names, and gives back their memory.
    pub fn retire(&mut self, quota: &Quota<'_>) {
        let Ids { list, slots } = core::mem::take(self);
        quota.free(list);
        quota.free(slots);
    }

    /// The slot that holds `name`, or the free one where it belongs.
    fn slot(&self, name: Name) -> usize {
        let mask = self.slots.len() - 1;
        // Names are numbered in the order of the source, so neighbours are spread.
        let mut slot = (name.0.wrapping_mul(0x9e37_79b9) >> 7) as usize & mask;
        while self.slots[slot] != 0 && self.list[self.slots[slot] as usize - 1].name != name {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn rehash(&mut self, count: usize, quota: &Quota<'_>) -> Result<(), Stop> {
        let mut slots = Vec::new();
        quota.resize(&mut slots, count, 0)?;
        quota.free(core::mem::replace(&mut self.slots, slots));
        for (name, number) in self.list.iter().map(|id| id.name).zip(1..) {
            let slot = self.slot(name);
            self.slots[slot] = number;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::{IdKind, Param};

    #[test]
    fn names_are_found_however_many_there_are() {
        let quota = Quota::default();
        let mut ids = Ids::default();
        for number in 0..3000 {
            let name = Name(number * 7);
            assert_eq!(ids.find(name), None);
            let id = Id { name, kind: IdKind::Undecided, param: Param::No, local: 0 };
            assert_eq!(ids.add(id, &quota), Ok(number as usize));
            assert_eq!(ids.find(name), Some(number as usize));
            assert_eq!(ids.find(Name(7)), (number > 0).then_some(1));
        }
        ids.swap(1, 2000);
        assert_eq!((ids.find(Name(7)), ids.find(Name(14000))), (Some(2000), Some(1)));
        assert_eq!(ids[1].name, Name(14000));
    }
}
