//! The table of interned strings.
//!
//! Fixed names are found through a hash table that is built when Berus is compiled; names met at run time are string
//! objects in a table of heap blocks.

use core::cell::Cell;
use core::ptr::NonNull;

use super::{FIXED, Qstr, fixed_name, hash};
use crate::error::Res;
use crate::heap::Collection;
use crate::obj::str::Str;
use crate::object::Gc;
use crate::vm::Vm;

/// The hash of each fixed name, by its number.
static HASHES: [u32; FIXED] = {
    let mut hashes = [0; FIXED];
    let mut number = 1;
    while number < FIXED {
        hashes[number] = hash(fixed_name(number).as_bytes());
        number += 1;
    }
    hashes
};

/// Most bytes of a name that is interned at run time, as in MicroPython.
const MAX_LEN: usize = 255;

/// Slots of the table of fixed names: a power of two, at most half full.
const SLOTS: usize = (2 * FIXED).next_power_of_two();

/// Numbers of fixed names, in the first free slot from that of their hash on.
static TABLE: [u16; SLOTS] = {
    let mut table = [0; SLOTS];
    let mut number = 1;
    while number < FIXED {
        let mut slot = HASHES[number] as usize % SLOTS;
        while table[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = number as u16;
        number += 1;
    }
    table
};

static NAMES: [&str; FIXED] = {
    let mut names = [""; FIXED];
    let mut number = 1;
    while number < FIXED {
        names[number] = fixed_name(number);
        number += 1;
    }
    names
};

fn find_fixed(bytes: &[u8], hash: u32) -> Option<Qstr> {
    let mut slot = hash as usize % SLOTS;
    loop {
        let number = TABLE[slot];
        if number == 0 {
            return None;
        }
        let number = usize::from(number);
        if HASHES[number] == hash && NAMES[number].as_bytes() == bytes {
            return Some(Qstr(number as u32));
        }
        slot = (slot + 1) % SLOTS;
    }
}

/// An entry of the table of strings.
type StringSlot = Cell<Option<Gc<Str>>>;

/// The interned strings of an interpreter.
#[derive(Default)]
pub struct Pool {
    /// The strings met at run time, in order of their numbers: a heap block of `capacity` words.
    strings: Cell<Option<NonNull<StringSlot>>>,
    /// Their numbers by hash: a heap block of twice as many slots as `capacity`, a power of two; 0 is free.
    slots: Cell<Option<NonNull<Cell<u32>>>>,
    len: Cell<usize>,
    capacity: Cell<usize>,
}

impl Pool {
    fn strings(&self) -> &[StringSlot] {
        match self.strings.get() {
            // SAFETY: the block holds `capacity` words, the first `len` of them filled; `keep` keeps it.
            Some(block) => unsafe { core::slice::from_raw_parts(block.as_ptr(), self.len.get()) },
            None => &[],
        }
    }

    fn slots(&self) -> &[Cell<u32>] {
        match self.slots.get() {
            // SAFETY: the block was allocated with this size and filled; `keep` keeps it.
            Some(block) => unsafe { core::slice::from_raw_parts(block.as_ptr(), 2 * self.capacity.get()) },
            None => &[],
        }
    }

    /// All names.
    pub fn all(&self) -> impl Iterator<Item = Qstr> {
        (1..FIXED + self.len.get()).map(|number| Qstr(number as u32))
    }

    /// The names met at run time.
    pub fn interned(&self) -> impl Iterator<Item = Qstr> {
        (FIXED..FIXED + self.len.get()).map(|number| Qstr(number as u32))
    }

    /// How many names were met at run time, bytes of their spellings, and bytes of memory that they take in all.
    pub fn figures(&self) -> (usize, usize, usize) {
        let names = self.len.get();
        let bytes = self.interned().map(|name| self.bytes(name).len()).sum();
        let tables = self.capacity.get() * (size_of::<StringSlot>() + 2 * size_of::<u32>());
        (names, bytes, bytes + names * size_of::<Str>() + tables)
    }

    /// The spelling of `name`, empty for a number that no name has.
    pub fn bytes(&self, name: Qstr) -> &[u8] {
        let number = name.0 as usize;
        if number < FIXED {
            return NAMES[number].as_bytes();
        }
        match self.strings().get(number - FIXED).map(Cell::get) {
            Some(Some(string)) => string.bytes_unbounded(),
            _ => &[],
        }
    }

    /// The hash of `name`.
    pub fn hash(&self, name: Qstr) -> u32 {
        let number = name.0 as usize;
        if number < FIXED {
            return HASHES[number];
        }
        match self.strings().get(number - FIXED).map(Cell::get) {
            Some(Some(string)) => string.hash(),
            _ => 1,
        }
    }

    /// The name spelled `bytes`, if it is interned.
    pub fn find(&self, bytes: &[u8]) -> Option<Qstr> {
        self.find_hashed(bytes, hash(bytes))
    }

    fn find_hashed(&self, bytes: &[u8], hash: u32) -> Option<Qstr> {
        if let Some(name) = find_fixed(bytes, hash) {
            return Some(name);
        }
        let slots = self.slots();
        if slots.is_empty() {
            return None;
        }
        let mut slot = hash as usize & (slots.len() - 1);
        loop {
            let number = slots[slot].get();
            if number == 0 {
                return None;
            }
            let name = Qstr(number);
            if self.hash(name) == hash && self.bytes(name) == bytes {
                return Some(name);
            }
            slot = (slot + 1) & (slots.len() - 1);
        }
    }

    /// The name spelled `bytes`, interned now if it was not.
    ///
    /// # Errors
    /// `RuntimeError` if it is too long, and `MemoryError`.
    pub fn intern(&self, vm: &Vm, bytes: &[u8]) -> Res<Qstr> {
        let hash = hash(bytes);
        if let Some(name) = self.find_hashed(bytes, hash) {
            return Ok(name);
        }
        if bytes.len() > MAX_LEN {
            return Err(vm.runtime_error(format_args!("name too long")));
        }
        let string = Str::new(vm, bytes)?;
        self.add(vm, string)
    }

    fn add(&self, vm: &Vm, string: Gc<Str>) -> Res<Qstr> {
        if self.len.get() == self.capacity.get() {
            self.grow(vm)?;
        }
        let index = self.len.get();
        let name = Qstr((FIXED + index) as u32);
        self.len.set(index + 1);
        self.strings()[index].set(Some(string));
        self.place(name);
        Ok(name)
    }

    /// Enters `name` into the hash table, which has room.
    fn place(&self, name: Qstr) {
        let slots = self.slots();
        let mut slot = self.hash(name) as usize & (slots.len() - 1);
        while slots[slot].get() != 0 {
            slot = (slot + 1) & (slots.len() - 1);
        }
        slots[slot].set(name.0);
    }

    fn grow(&self, vm: &Vm) -> Res<()> {
        let capacity = (2 * self.capacity.get()).max(64);
        let strings = vm.alloc_words(capacity)?.cast::<StringSlot>();
        let bytes = 2 * capacity * size_of::<u32>();
        let slots = vm.alloc_bytes(bytes)?;
        // SAFETY: both blocks are new and large enough; a zero is a free slot.
        unsafe {
            slots.write_bytes(0, bytes);
            if let Some(old) = self.strings.get() {
                strings.copy_from_nonoverlapping(old, self.len.get());
            }
        }
        self.strings.set(Some(strings));
        self.slots.set(Some(slots.cast()));
        self.capacity.set(capacity);
        for index in 0..self.len.get() {
            self.place(Qstr((FIXED + index) as u32));
        }
        Ok(())
    }

    /// Keeps the table in a collection.
    pub(crate) fn keep(&self, collection: &mut Collection<'_>) {
        let blocks = [self.strings.get().map(NonNull::cast::<u8>), self.slots.get().map(NonNull::cast)];
        blocks.into_iter().flatten().for_each(|block| collection.keep(block.as_ptr().addr()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_names_are_found_by_their_spelling() {
        for number in 1..FIXED {
            let name = fixed_name(number).as_bytes();
            let found = find_fixed(name, hash(name)).unwrap();
            assert_eq!(found.number() as usize, number, "{} is listed twice", fixed_name(number));
        }
        assert_eq!(find_fixed(b"no such name", hash(b"no such name")), None);
    }
}
