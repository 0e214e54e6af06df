//! The names of a file by the order of their last use.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::module::Qstr;

/// How many names can be referred to by their place.
pub const SIZE: usize = 32;

/// Names by their numbers in a table, the one that was used last first.
#[derive(Debug, Default)]
pub struct Window(Vec<u32>);

impl Window {
    /// Uses the name `number`: its place until now, or `None` if it is not among the last.
    pub fn place(&mut self, number: u32) -> Option<u32> {
        let place = self.0.iter().position(|&other| other == number);
        if let Some(place) = place {
            self.0.remove(place);
        }
        self.0.insert(0, number);
        self.0.truncate(SIZE);
        place.map(|place| place as u32)
    }

    /// Uses the name at `place`: its number.
    fn at(&mut self, place: u32) -> Option<u32> {
        let number = *self.0.get(usize::try_from(place).ok()?)?;
        self.place(number)?;
        Some(number)
    }
}

/// The table of names that a module of version 6 has, and which of them were used last.
#[derive(Debug, Default)]
pub struct Names {
    table: Vec<Qstr<'static>>,
    numbers: BTreeMap<Vec<u8>, u32>,
    /// The names that were used last. Static names do not count.
    window: Window,
}

impl Names {
    /// The number of `name` in the table, where it is put if it is new.
    pub fn number(&mut self, name: &[u8]) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.table.len() as u32;
        self.numbers.insert(name.to_vec(), number);
        self.table.push(Qstr::new(name.to_vec()));
        number
    }

    /// The number of a name that the file spells out.
    pub fn spelled(&mut self, name: &[u8]) -> u32 {
        let number = self.number(name);
        self.window.place(number);
        number
    }

    /// The number of the name at a place of the window.
    pub fn at(&mut self, place: u32) -> Option<u32> {
        self.window.at(place)
    }

    /// Makes `number` the first in the table, in exchange for the one that was first, and returns what `other` has become.
    pub fn put_first(&mut self, number: u32, other: u32) -> u32 {
        let exchanged = |n: u32| match n {
            0 => number,
            n if n == number => 0,
            n => n,
        };
        self.table.swap(0, number as usize);
        self.numbers.values_mut().chain(&mut self.window.0).for_each(|n| *n = exchanged(*n));
        exchanged(other)
    }

    /// The table.
    pub fn into_table(self) -> Vec<Qstr<'static>> {
        self.table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_their_last_use() {
        let mut names = Names::default();
        for n in 0..40 {
            assert_eq!(names.spelled(&[b'n', n]), n.into());
        }
        assert_eq!(names.at(32), None);
        assert_eq!(names.at(31), Some(8));
        assert_eq!(names.at(0), Some(8));
        assert_eq!(names.at(1), Some(39));
        assert_eq!(names.spelled(&[b'n', 3]), 3, "a name that fell out of the window is in the table still");
        assert_eq!(names.at(1), Some(39));
    }
}
