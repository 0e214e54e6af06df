//! Relocations: the words of machine code that depend on where things end up in memory.
//!
//! Relocations are kept as the bytes of the file and decoded where they are used. Each adds an address to one word or
//! to several in a row, going on from word to word unless it names a new place (MicroPython: `py/persistentcode.c`,
//! `mp_native_relocate`).

use alloc::vec::Vec;

use crate::bytes::ModuleBytes;
use crate::vuint;

/// The byte that ends relocations.
pub const END: u8 = 0xff;

/// The relocations of a code object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relocations<'a> {
    /// The bytes of the relocations, without the byte that ends them. The reader has checked that they decode.
    pub bytes: ModuleBytes<'a>,
    /// Whether [`END`] ends them. The end of the file may end them as well.
    pub ended: bool,
}

impl Relocations<'_> {
    pub(crate) fn into_owned(self) -> Relocations<'static> {
        Relocations { bytes: self.bytes.into_owned(), ended: self.ended }
    }
}

/// One relocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// The word to adjust first; `None` for the word after the last that was adjusted.
    pub place: Option<Place>,
    /// The part of the module, or the function, whose address is added.
    pub target: Target,
    /// How many consecutive words to adjust.
    pub count: u32,
    /// The relocation's length in bytes.
    pub len: usize,
}

/// A word of a code object, by its number from the start of the section that it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A word of the machine code.
    Text(u32),
    /// A word of the read-only data.
    Rodata(u32),
}

/// What a relocated word refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The machine code.
    Text,
    /// The read-only data.
    Rodata,
    /// The zeroed data.
    Bss,
    /// The module's qstr table.
    QstrTable,
    /// The module's constant table.
    ConstantTable,
    /// The table of functions for machine code.
    FunctionTable,
    /// The entry of that number in the table of functions.
    Function(u8),
}

impl Relocation {
    /// Decodes the relocation at the start of `bytes`. `None` at the end, or if the relocation is cut off.
    pub fn read(bytes: &[u8]) -> Option<Relocation> {
        let (&op, mut rest) = bytes.split_first()?;
        if op == END {
            return None;
        }
        let mut next_vuint = || {
            let (value, len) = vuint::read(rest)?;
            rest = &rest[len..];
            Some(value)
        };
        let place = if op & 1 == 0 { None } else { Some(Place::from_address(next_vuint()?)) };
        let (target, counted) = Target::from_op(op);
        let count = if counted { next_vuint()? } else { 1 };
        Some(Relocation { place, target, count, len: bytes.len() - rest.len() })
    }
}

impl Place {
    fn from_address(address: u32) -> Place {
        if address & 1 == 0 { Place::Text(address >> 1) } else { Place::Rodata(address >> 1) }
    }

    fn address(self) -> u32 {
        match self {
            Place::Text(word) => word << 1,
            Place::Rodata(word) => word << 1 | 1,
        }
    }

    /// The place `count` words further on.
    fn plus(self, count: u32) -> Place {
        match self {
            Place::Text(word) => Place::Text(word.wrapping_add(count)),
            Place::Rodata(word) => Place::Rodata(word.wrapping_add(count)),
        }
    }
}

impl Target {
    /// The target of an op byte, and whether a count follows.
    pub(crate) fn from_op(op: u8) -> (Target, bool) {
        match op >> 1 {
            n @ 0..=1 => (Target::Text, n == 1),
            n @ 2..=3 => (Target::Rodata, n == 3),
            n @ 4..=5 => (Target::Bss, n == 5),
            6 => (Target::QstrTable, false),
            7 => (Target::ConstantTable, false),
            8 => (Target::FunctionTable, false),
            n => (Target::Function(n - 9), false),
        }
    }

    /// The target's number in the upper bits of an op byte, of a relocation without a count.
    fn number(self) -> u8 {
        match self {
            Target::Text => 0,
            Target::Rodata => 2,
            Target::Bss => 4,
            Target::QstrTable => 6,
            Target::ConstantTable => 7,
            Target::FunctionTable => 8,
            Target::Function(n) => 9 + n,
        }
    }

    /// Whether a relocation with this target can have a count.
    fn has_count(self) -> bool {
        matches!(self, Target::Text | Target::Rodata | Target::Bss)
    }
}

impl Relocations<'_> {
    /// The relocations, one after another.
    ///
    /// ```
    /// use berus_mpy::reloc::{Place, Relocations, Target};
    /// let relocations = Relocations { bytes: (&[0x03, 0x01, 0x02, 0x10][..]).into(), ended: false };
    /// let all: Vec<_> = relocations.iter().map(|r| (r.place, r.target, r.count)).collect();
    /// assert_eq!(all, [(Some(Place::Rodata(0)), Target::Text, 2), (None, Target::FunctionTable, 1)]);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Relocation> + '_ {
        let mut rest = &self.bytes[..];
        core::iter::from_fn(move || {
            let relocation = Relocation::read(rest)?;
            rest = &rest[relocation.len..];
            Some(relocation)
        })
    }

    /// The relocations, each with the place of the first word that it adjusts. A relocation that names no place goes on
    /// after the last one.
    ///
    /// ```
    /// use berus_mpy::reloc::{Place, Relocations};
    /// let relocations = Relocations { bytes: (&[0x03, 0x01, 0x02, 0x10][..]).into(), ended: false };
    /// let places: Vec<_> = relocations.placed().map(|(place, _)| place).collect();
    /// assert_eq!(places, [Place::Rodata(0), Place::Rodata(2)]);
    /// ```
    pub fn placed(&self) -> impl Iterator<Item = (Place, Relocation)> + '_ {
        let mut next = Place::Text(0);
        self.iter().map(move |relocation| {
            let place = relocation.place.unwrap_or(next);
            next = place.plus(relocation.count);
            (place, relocation)
        })
    }
}

/// Puts relocations together.
///
/// The bytes are those of MicroPython's own linker (`tools/mpy_ld.py`): consecutive words with the same target become
/// one relocation if the target can have a count, and each relocation names its place.
///
/// ```
/// use berus_mpy::reloc::{Place, Target, Writer};
/// let mut writer = Writer::default();
/// writer.push(Place::Text(5), Target::Bss);
/// writer.push(Place::Text(6), Target::Bss);
/// let relocations = writer.finish();
/// assert_eq!(relocations.bytes[..], [0x0b, 10, 2]);
/// ```
#[derive(Default)]
pub struct Writer {
    bytes: Vec<u8>,
    /// The relocation that the next word may join.
    last: Option<(Place, Target, u32)>,
}

impl Writer {
    /// Adds a relocation of the word at `place`.
    pub fn push(&mut self, place: Place, target: Target) {
        match &mut self.last {
            Some((first, same, count)) if *same == target && target.has_count() && place == first.plus(*count) => {
                *count += 1;
            }
            _ => {
                self.write_last();
                self.last = Some((place, target, 1));
            }
        }
    }

    /// All relocations that were added, with the byte that ends them.
    pub fn finish(mut self) -> Relocations<'static> {
        self.write_last();
        Relocations { bytes: self.bytes.into(), ended: true }
    }

    fn write_last(&mut self) {
        let Some((place, target, count)) = self.last.take() else { return };
        self.bytes.push((target.number() + u8::from(count > 1)) << 1 | 1);
        vuint::write(&mut self.bytes, place.address());
        if count > 1 {
            vuint::write(&mut self.bytes, count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_inverts_writing() {
        let words = [
            (Place::Text(0), Target::Text),
            (Place::Text(1), Target::Text),
            (Place::Rodata(2), Target::Text),
            (Place::Rodata(300), Target::Rodata),
            (Place::Text(7), Target::Function(86)),
            (Place::Text(8), Target::Function(86)),
            (Place::Text(9), Target::QstrTable),
            (Place::Text(10), Target::ConstantTable),
            (Place::Text(11), Target::FunctionTable),
            (Place::Text(11), Target::Bss),
            (Place::Text(13), Target::Bss),
            (Place::Text(14), Target::Bss),
            (Place::Text(15), Target::Bss),
        ];
        let mut writer = Writer::default();
        words.iter().for_each(|&(place, target)| writer.push(place, target));
        let relocations = writer.finish();
        let read: Vec<_> = relocations
            .placed()
            .flat_map(|(place, relocation)| (0..relocation.count).map(move |n| (place.plus(n), relocation.target)))
            .collect();
        assert_eq!(read, words);
        assert_eq!(relocations.iter().count(), 10);
    }

    #[test]
    fn no_relocation_looks_like_the_end() {
        let last = crate::function_table::NAMES.len() as u8 - 1;
        assert!(Target::Function(last).number() << 1 | 1 < END);
    }
}
