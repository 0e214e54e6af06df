//! Code objects where they lie: finding the functions nested in another without reading the module.
//!
//! In a file, a code object is followed by its children, of which it makes functions, each with its own children behind
//! it.

use crate::vuint;

/// A bytecode object in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// The offset in the file at which the code begins.
    pub at: usize,
    /// Bytes of the code.
    pub len: usize,
    /// Whether other code objects are nested in this one.
    pub nests: bool,
}

impl Record {
    /// The offset in the file at which the code ends.
    pub fn end(&self) -> usize {
        self.at + self.len
    }
}

/// An iterator over the code objects nested directly in another.
#[derive(Clone)]
pub struct Children<'a> {
    file: &'a [u8],
    at: usize,
    left: u32,
    /// How many code objects came before, nested ones included.
    passed: u32,
}

/// The children of the code object whose code ends at `end` of `file`, and which has some. Each comes with the number
/// of code objects from the first child up to it, by which the indices of the two in
/// [`Module::codes`](crate::Module::codes) differ.
///
/// Ends where the file has something else than bytecode.
///
/// ```
/// use berus_mpy::nested::{Record, children};
///
/// // Two functions of one byte each: the number of children, then for each the size of its code times 8, and the code.
/// let file = [2, 1 << 3, 0x63, 1 << 3, 0x63];
/// let found: Vec<_> = children(&file, 0).collect();
/// assert_eq!(found[1], (1, Record { at: 4, len: 1, nests: false }));
/// ```
pub fn children(file: &[u8], end: usize) -> Children<'_> {
    let mut children = Children { file, at: end, left: 0, passed: 0 };
    children.left = children.number().unwrap_or(0);
    children
}

/// The code object whose size stands at `at` of `file`, before the code; `None` if that is no bytecode.
pub fn record(file: &[u8], at: usize) -> Option<Record> {
    Children { file, at, left: 0, passed: 0 }.record()
}

/// Where in a function the function is made whose code begins at `at` of `file`: the code object around the code, and
/// the place of the function among those that are made there. `body` is the module's.
pub fn maker(file: &[u8], body: Record, at: usize) -> Option<(Record, usize)> {
    let mut around = body;
    while around.nests {
        let before = children(file, around.end()).enumerate().take_while(|(_, (_, child))| child.at <= at);
        let (place, (_, child)) = before.last()?;
        if child.at == at {
            return Some((around, place));
        }
        around = child;
    }
    None
}

/// The code object number `n`, from 0, of all that are nested in the one whose code ends at `end` of `file`, in the
/// order of the file.
pub fn nth(file: &[u8], end: usize, n: u32) -> Option<Record> {
    let mut nested = children(file, end);
    loop {
        let record = nested.record()?;
        if nested.passed > n {
            return Some(record);
        }
        if record.nests {
            nested.number()?;
        }
    }
}

impl Children<'_> {
    fn number(&mut self) -> Option<u32> {
        let (number, len) = vuint::read(self.file.get(self.at..)?)?;
        self.at += len;
        Some(number)
    }

    /// The next code object in the file.
    fn record(&mut self) -> Option<Record> {
        const KIND: u32 = 3;
        const NESTS: u32 = 4;
        let head = self.number()?;
        let record = Record { at: self.at, len: (head >> 3) as usize, nests: head & NESTS != 0 };
        self.at = record.end();
        self.passed += 1;
        (head & KIND == 0 && self.at <= self.file.len()).then_some(record)
    }

    /// Passes over all that is nested in `record`, the last one.
    fn pass(&mut self, record: Record) -> Option<()> {
        let mut left = if record.nests { self.number()? } else { 0 };
        while left > 0 {
            let nested = self.record()?;
            left = (left - 1).checked_add(if nested.nests { self.number()? } else { 0 })?;
        }
        Some(())
    }
}

impl Iterator for Children<'_> {
    type Item = (u32, Record);

    fn next(&mut self) -> Option<(u32, Record)> {
        self.left = self.left.checked_sub(1)?;
        let number = self.passed;
        let record = self.record()?;
        if self.left > 0 {
            self.pass(record)?;
        }
        Some((number, record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    /// Three children, of which the first has two and the second of these one.
    const FILE: [u8; 16] =
        [3, 1 << 3 | 4, 10, 2, 1 << 3, 11, 1 << 3 | 4, 12, 1, 1 << 3, 13, 1 << 3, 14, 2 << 3, 15, 15];

    #[test]
    fn nested_functions_are_passed_over() {
        let found: Vec<_> =
            children(&FILE, 0).map(|(number, record)| (number, FILE[record.at], record.nests)).collect();
        assert_eq!(found, [(0, 10, true), (4, 14, false), (5, 15, false)]);
        let inner: Vec<_> = children(&FILE, 3).map(|(number, record)| (number, record.at)).collect();
        assert_eq!(inner, [(0, 5), (1, 7)]);
    }

    #[test]
    fn all_are_found_by_number() {
        let found: Vec<_> = (0..6).map(|n| FILE[nth(&FILE, 0, n).unwrap().at]).collect();
        assert_eq!(found, [10, 11, 12, 13, 14, 15]);
        assert_eq!(nth(&FILE, 0, 6), None);
    }

    #[test]
    fn what_makes_a_function_is_found_by_the_function() {
        let file = [&[1 << 3 | 4, 9][..], &FILE].concat();
        let body = record(&file, 0).unwrap();
        assert_eq!(body, Record { at: 1, len: 1, nests: true });
        let found =
            [4, 7, 9, 12, 14, 16].map(|at| maker(&file, body, at).map(|(around, place)| (file[around.at], place)));
        assert_eq!(found, [(9, 0), (10, 0), (10, 1), (12, 0), (9, 1), (9, 2)].map(Some));
        assert_eq!(maker(&file, body, body.at), None);
        assert_eq!(maker(&file, body, file.len()), None);
    }

    #[test]
    fn whatever_the_bytes_the_search_ends() {
        assert_eq!(children(&[], 0).count(), 0);
        assert_eq!(children(&FILE, usize::MAX).count(), 0);
        // A child of a size that the file does not have, and machine code.
        assert_eq!(children(&[1, 9 << 3, 0], 0).count(), 0);
        assert_eq!(children(&[1, 1 << 3 | 2, 0], 0).count(), 0);
        // As many children as a number can say, none of which is there.
        let many = vec![0x8f, 0xff, 0xff, 0xff, 0x7f, 1 << 3 | 4, 0, 0x8f, 0xff, 0xff, 0xff, 0x7f];
        assert_eq!(children(&many, 0).count(), 0);
    }
}
