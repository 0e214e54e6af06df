//! The table of links: addresses by which machine code leaves a region, in memory that can be written.
//!
//! The first links are fixed. The others belong to functions, until their machine code is dropped: an exit's link leads to
//! the exit's own code, or to the region that goes on there. So code is never changed.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::UnsafeCell;

use berus_runtime::interpret::tier;

use crate::asm::{R13, Rm};
use crate::enter;

/// The link by which machine code ends at an exit.
pub const LEAVE: usize = 0;
/// The link by which machine code ends with a number.
pub const FINISH: usize = 1;
/// The function that has the interpreter run an instruction.
pub const RUN_ONE: usize = 2;
/// The function that makes a float.
pub const MAKE_FLOAT: usize = 3;
/// The function that calls.
pub const CALL: usize = 4;
/// The function that finds a global variable.
pub const LOAD_GLOBAL: usize = 5;
/// The function that finds an attribute.
pub const LOAD_ATTR: usize = 6;
/// The function that finds a method.
pub const LOAD_METHOD: usize = 7;
/// The function that stores an attribute.
pub const STORE_ATTR: usize = 8;
/// The function that finds the machine code of a function whose frame has been pushed.
pub const ENTERED: usize = 9;
/// The function that makes an instance.
pub const NEW_INSTANCE: usize = 10;
/// The first link of an exit.
pub const FIRST: usize = 11;

/// Links that there are. Besides those of exits there are words that machine code compares with, addresses of objects, and
/// links to the machine code of functions.
pub const NUMBER: usize = 1 << 15;
/// The word of a link whose object is gone: no value has the word.
pub const GONE: usize = 4;

/// Where machine code finds a link.
pub fn place(number: usize) -> Rm {
    Rm::At(R13, 8 * number as i32)
}

/// The table.
pub struct Links(Box<[UnsafeCell<usize>]>);

impl Default for Links {
    fn default() -> Links {
        // Memory that nobody has touched costs nothing.
        let words: Box<[usize]> = vec![0; NUMBER].into_boxed_slice();
        // SAFETY: a cell has the layout of what is in it.
        let links = Links(unsafe { Box::from_raw(Box::into_raw(words) as *mut [UnsafeCell<usize>]) });
        let fixed = [
            (LEAVE, enter::leave as *const ()),
            (FINISH, enter::finish as *const ()),
            (RUN_ONE, tier::run_one as *const ()),
            (CALL, tier::call as *const ()),
            (LOAD_GLOBAL, tier::load_global as *const ()),
            (LOAD_METHOD, tier::load_method as *const ()),
            (STORE_ATTR, tier::store_attr as *const ()),
            (LOAD_ATTR, tier::load_attr as *const ()),
            (MAKE_FLOAT, tier::make_float as *const ()),
            (ENTERED, enter::entered as *const ()),
            (NEW_INSTANCE, tier::new_instance as *const ()),
        ];
        for (number, function) in fixed {
            links.set(number, function.expose_provenance());
        }
        links
    }
}

impl Links {
    /// The address of the table.
    pub fn start(&self) -> *const usize {
        self.0.as_ptr().cast()
    }

    /// Has a link lead to `address`.
    pub fn set(&self, number: usize, address: usize) {
        if let Some(link) = self.0.get(number) {
            // SAFETY: nobody else refers to the word; machine code reads it when it runs.
            unsafe { link.get().write(address) };
        }
    }
}

/// The numbers of links that are nobody's.
#[derive(Default)]
pub struct Numbers {
    /// How many numbers have ever been taken, the fixed links aside.
    used: usize,
    free: Vec<usize>,
    /// The numbers that have been taken since the region was begun.
    taken: Vec<usize>,
}

impl Numbers {
    /// Begins a region.
    pub fn begin(&mut self) {
        self.taken.clear();
    }

    /// A number for the region; `None` if there is none left.
    pub fn take(&mut self) -> Option<usize> {
        let number = match self.free.pop() {
            Some(number) => number,
            None => {
                let number = Some(FIRST + self.used).filter(|number| *number < NUMBER)?;
                self.used += 1;
                number
            }
        };
        self.taken.push(number);
        Some(number)
    }

    /// The numbers that the region has taken.
    pub fn taken(&self) -> impl Iterator<Item = usize> + '_ {
        self.taken.iter().copied()
    }

    /// Gives back what the region has taken.
    pub fn undo(&mut self) {
        self.free.append(&mut self.taken);
    }

    /// Gives numbers back.
    pub fn give_back(&mut self, numbers: &[usize]) {
        self.free.extend_from_slice(numbers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_had_again() {
        let mut numbers = Numbers::default();
        numbers.begin();
        let first: Vec<usize> = core::iter::from_fn(|| numbers.take()).collect();
        assert_eq!(first, (FIRST..NUMBER).collect::<Vec<_>>());
        assert_eq!(numbers.taken().count(), first.len());
        // A region that comes to nothing gives back all that it has taken, a function what it had.
        numbers.undo();
        numbers.begin();
        assert!(numbers.take().is_some_and(|number| first.contains(&number)));
        let taken: Vec<usize> = numbers.taken().collect();
        numbers.give_back(&taken);
        numbers.begin();
        assert_eq!(core::iter::from_fn(|| numbers.take()).count(), first.len());
        assert_eq!(numbers.take(), None);
    }
}
