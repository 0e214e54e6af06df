//! The names of one compilation: identifiers and short strings, each stored once and known by number.
//!
//! Numbers up to [`LAST_STATIC`] are those that the `.mpy` format fixes; the names of the source follow in
//! the order in which they are met.

mod built_in;

use alloc::vec::Vec;

use berus_mpy::memory::{Quota, Stop};
use berus_mpy::qstr::{LAST_STATIC, STATIC};

use crate::slots::Slots;

/// A name by its number in a [`Names`] table. Number 0 is "no name".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(pub u32);

impl Name {
    /// No name.
    pub const NULL: Name = Name(0);

    /// The name spelled `text`, which must be one that the format numbers.
    ///
    /// # Panics
    /// If it is not one. Meant for constants, where that is a compile error.
    pub const fn fixed(text: &str) -> Name {
        let mut i = 0;
        while i < STATIC.len() {
            let (a, b) = (STATIC[i].as_bytes(), text.as_bytes());
            let mut j = 0;
            while a.len() == b.len() && j < a.len() && a[j] == b[j] {
                j += 1;
            }
            if a.len() == b.len() && j == a.len() {
                return Name(i as u32 + 1);
            }
            i += 1;
        }
        panic!("the format does not number this name")
    }

    /// The number that the format fixes for this name, if it does.
    pub fn static_number(self) -> Option<u32> {
        (1..=LAST_STATIC).contains(&self.0).then_some(self.0)
    }
}

/// Bytes of a name or a constant that are hashed in the time of a step of work.
pub(crate) const HASHED_PER_STEP: usize = 16;

/// Slots of a table that has only the static names.
const FIRST_SLOTS: usize = 512;

/// A table of names.
///
/// A name is any byte string: MicroPython lets bytes of 0x80 and up stand in identifiers, valid UTF-8 or not.
#[derive(Clone, Debug)]
pub struct Names {
    /// The bytes of all names but the static ones, one after the other.
    bytes: Vec<u8>,
    /// Where each of those names ends in `bytes`.
    ends: Vec<u32>,
    slots: Slots,
}

impl Names {
    /// A table with only the static names.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn new(quota: &Quota<'_>) -> Result<Names, Stop> {
        let mut names = Names { bytes: Vec::new(), ends: Vec::new(), slots: Slots::default() };
        names.rehash(FIRST_SLOTS, quota)?;
        Ok(names)
    }

    /// The bytes of `name`; empty for a number that is not of this table.
    pub fn get(&self, name: Name) -> &[u8] {
        if name.0 <= LAST_STATIC {
            return berus_mpy::qstr::static_name(name.0).unwrap_or("").as_bytes();
        }
        let i = (name.0 - LAST_STATIC - 1) as usize;
        let Some(&end) = self.ends.get(i) else { return &[] };
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.bytes[start as usize..end as usize]
    }

    /// The name spelled `text`, if it is in the table.
    pub fn find(&self, text: &[u8]) -> Option<Name> {
        let number = self.slots.find(hash(text), |number| self.get(Name(number)) == text);
        (number != 0).then_some(Name(number))
    }

    /// The name spelled `text` if it is in the table or one of those built into mpy-cross, which is then entered.
    ///
    /// # Errors
    /// As [`Names::intern`].
    pub fn find_known(&mut self, text: &[u8], quota: &Quota<'_>) -> Result<Option<Name>, Stop> {
        quota.steps(text.len() / HASHED_PER_STEP)?;
        match self.find(text) {
            None if built_in::LONG.iter().any(|name| name.as_bytes() == text) => self.intern(text, quota).map(Some),
            found => Ok(found),
        }
    }

    /// The name spelled `text`, entered if it is new.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn intern(&mut self, text: &[u8], quota: &Quota<'_>) -> Result<Name, Stop> {
        quota.steps(text.len() / HASHED_PER_STEP)?;
        if let Some(name) = self.find(text) {
            return Ok(name);
        }
        if self.slots.are_few_for(self.last() as usize + 1) {
            self.rehash(self.slots.len() * 2, quota)?;
        }
        quota.reserve(&mut self.ends, 1)?;
        quota.append(&mut self.bytes, text)?;
        self.ends.push(self.bytes.len() as u32);
        let last = self.last();
        self.slots.enter(hash(text), last);
        Ok(Name(last))
    }

    /// Gives back the memory of a table that is not needed any more.
    pub(crate) fn retire(self, quota: &Quota<'_>) {
        quota.free(self.bytes);
        quota.free(self.ends);
        self.slots.retire(quota);
    }

    /// The highest number in use.
    pub fn last(&self) -> u32 {
        LAST_STATIC + self.ends.len() as u32
    }

    /// Makes the hash table `count` slots large.
    fn rehash(&mut self, count: usize, quota: &Quota<'_>) -> Result<(), Stop> {
        quota.steps(self.last() as usize)?;
        self.slots.renew(count, quota)?;
        for number in 1..=self.last() {
            let hash = hash(self.get(Name(number)));
            self.slots.enter(hash, number);
        }
        Ok(())
    }
}

/// A multiplicative hash (FNV-1a's constants), folded so that the low bits depend on all of it.
fn hash(text: &[u8]) -> u32 {
    let mut h = 0x811c_9dc5_u32;
    for &b in text {
        h = (h ^ u32::from(b)).wrapping_mul(0x0100_0193);
    }
    h ^ (h >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn static_names_have_the_numbers_of_the_format() {
        let quota = Quota::default();
        let mut names = Names::new(&quota).unwrap();
        assert_eq!(names.find(b"AttributeError"), Some(Name(32)));
        assert_eq!(names.intern(b"zip", &quota), Ok(Name(LAST_STATIC)));
        assert_eq!(Name::fixed("zip"), Name(LAST_STATIC));
        assert_eq!(names.get(Name(1)), b"");
        assert_eq!(names.get(Name::NULL), b"");
    }

    #[test]
    fn a_name_is_stored_once() {
        let quota = Quota::default();
        let mut names = Names::new(&quota).unwrap();
        for i in 0..5000 {
            assert_eq!(names.intern(format!("name{i}").as_bytes(), &quota), Ok(Name(LAST_STATIC + 1 + i)));
        }
        for i in 0..5000 {
            let text = format!("name{i}");
            let name = names.find(text.as_bytes()).unwrap();
            assert_eq!(name.0, LAST_STATIC + 1 + i);
            assert_eq!(names.get(name), text.as_bytes());
        }
        assert_eq!(names.find(b"name5000"), None);
        assert_eq!(names.get(Name(names.last() + 1)), b"");
    }
}
