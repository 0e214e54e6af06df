//! The names of a scope, in order, each found in constant time.

use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};

use berus_mpy::memory::{Quota, Stop};

use super::Id;
use crate::names::Name;
use crate::slots::Slots;

/// As many names are as quickly looked through.
const FEW: usize = 8;

/// Names in the order in which they were met. As a slice, it is that of its entries; their names must stay as they are.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    list: Vec<Id>,
    /// Positions in the list, counted from 1; there are no slots while there are few names.
    slots: Slots,
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
        let number = self.slots.find(hash(name), |number| self.list[number as usize - 1].name == name);
        (number as usize).checked_sub(1)
    }

    /// Adds a name that is not there, and answers where it is.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn add(&mut self, id: Id, quota: &Quota<'_>) -> Result<usize, Stop> {
        let i = self.list.len();
        if i >= FEW && self.slots.are_few_for(i + 1) {
            self.rehash((self.slots.len() * 2).max(4 * FEW), quota)?;
        }
        quota.push(&mut self.list, id)?;
        if !self.slots.is_empty() {
            self.slots.enter(hash(id.name), i as u32 + 1);
        }
        Ok(i)
    }

    /// Exchanges two names.
    pub fn swap(&mut self, a: usize, b: usize) {
        if !self.slots.is_empty() {
            let place = |i: usize| self.slots.place(hash(self.list[i].name), |number| number as usize == i + 1);
            let (place_a, place_b) = (place(a), place(b));
            self.slots.swap(place_a, place_b);
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
        slots.retire(quota);
    }

    fn rehash(&mut self, count: usize, quota: &Quota<'_>) -> Result<(), Stop> {
        self.slots.renew(count, quota)?;
        for (id, number) in self.list.iter().zip(1..) {
            self.slots.enter(hash(id.name), number);
        }
        Ok(())
    }
}

/// The hash of a name. Names are numbered in the order of the source, so that neighbours are spread.
fn hash(name: Name) -> u32 {
    name.0.wrapping_mul(0x9e37_79b9) >> 7
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
