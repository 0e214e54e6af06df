//! The table of interned strings.
//!
//! What there is to know of fixed names is in flash ([`fixed`]); names met at run time are in a table of heap blocks.
//! Their spellings are in heap blocks, too, or in memory that a module lends.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::heap::Collection;
use crate::qstr::{FIXED, Qstr, fixed, hash, slot_of};

/// Where a pool has its memory and its errors from.
pub trait Blocks {
    /// Why a name cannot be interned: for want of memory, or because the name is too long.
    type Error;

    /// A block of `bytes` bytes that the collector does not look at.
    ///
    /// # Errors
    /// The error for want of memory.
    fn bytes(&self, bytes: usize) -> Result<NonNull<u8>, Self::Error>;

    /// A block of `words` words that the collector looks at, all zero.
    ///
    /// # Errors
    /// The error for want of memory.
    fn words(&self, words: usize) -> Result<NonNull<usize>, Self::Error>;

    /// Gives a block back.
    ///
    /// # Safety
    /// The block came from [`Blocks::bytes`] or [`Blocks::words`] of the same value, and nobody uses the block any
    /// more.
    unsafe fn give_back<T>(&self, block: NonNull<T>);

    /// The error for a name that is too long.
    fn too_long(&self) -> Self::Error;

    /// The error for a pool without room for a name of `bytes` bytes.
    fn no_room(&self, bytes: usize) -> Self::Error;
}

/// What is known of a name besides where it is spelled: its length in the low byte, and its hash.
#[derive(Clone, Copy, PartialEq)]
struct Fact(u32);

impl Fact {
    fn new(hash: u32, len: u8) -> Fact {
        Fact(hash << 8 | u32::from(len))
    }

    fn hash(self) -> u32 {
        self.0 >> 8
    }

    fn len(self) -> usize {
        (self.0 & 0xff) as usize
    }
}

/// Bytes of each piece of memory that names are copied to, one after another. A name that does not fit into the rest of
/// the piece and takes more than [`LONG`] bytes gets memory of its own.
const CHUNK: usize = 256;
const LONG: usize = CHUNK / 4;

/// The interned strings of an interpreter: those met at run time, in the order of their numbers.
///
/// A name costs a word, four bytes and its slots in the hash table, and its spelling where that is not lent.
#[derive(Default)]
pub struct Pool {
    /// A heap block of `capacity` words: where each name is spelled. Through them the collector finds the spellings.
    starts: Cell<Option<NonNull<NonNull<u8>>>>,
    /// A heap block: `capacity` facts, then the slots of the hash table.
    facts: Cell<Option<NonNull<Fact>>>,
    len: Cell<usize>,
    capacity: Cell<usize>,
    /// Where the next name can be copied to; `room_left` bytes are left there.
    room: Cell<Option<NonNull<u8>>>,
    room_left: Cell<usize>,
}

/// Slots of the hash table for `capacity` names: a power of two, at most three quarters full.
const fn slots_for(capacity: usize) -> usize {
    (capacity * 4 / 3).next_power_of_two()
}

/// Bytes of a slot, which holds a name's place in the order plus one; 0 is free.
const fn slot_size(capacity: usize) -> usize {
    if capacity < u16::MAX as usize { size_of::<u16>() } else { size_of::<u32>() }
}

/// The number of the name for which `is_found` holds, in a hash table of `n_slots` slots at `slots`.
///
/// # Safety
/// The slots are there; each is zero or a number of a name plus one, and one is zero.
#[cfg_attr(not(feature = "small"), inline(always))]
unsafe fn search<S: Copy + Into<u32>>(
    slots: NonNull<S>,
    n_slots: usize,
    hash: u32,
    is_found: impl Fn(usize) -> bool,
) -> Option<usize> {
    let last = n_slots - 1;
    let mut slot = slot_of(hash, last);
    loop {
        // SAFETY: as the caller says.
        let number: u32 = unsafe { slots.add(slot).read() }.into();
        let index = (number as usize).checked_sub(1)?;
        if is_found(index) {
            return Some(index);
        }
        slot = (slot + 1) & last;
    }
}

impl Pool {
    /// Where the name number `index` is spelled.
    fn start(&self, index: usize) -> Option<NonNull<u8>> {
        let starts = self.starts.get().filter(|_| index < self.len.get())?;
        // SAFETY: the first `len` words of the block are filled.
        Some(unsafe { starts.add(index).read() })
    }

    fn fact(&self, index: usize) -> Option<Fact> {
        let facts = self.facts.get().filter(|_| index < self.len.get())?;
        // SAFETY: the first `len` facts of the block are filled.
        Some(unsafe { facts.add(index).read() })
    }

    /// The slot number `slot` of the hash table.
    fn slot(&self, slot: usize) -> Option<NonNull<u8>> {
        let capacity = self.capacity.get();
        let facts = self.facts.get().filter(|_| slot < slots_for(capacity))?;
        // SAFETY: `slots_for(capacity)` slots follow the facts in the block, and `slot` is one of them.
        Some(unsafe { facts.add(capacity).cast::<u8>().add(slot * slot_size(capacity)) })
    }

    /// The index of the name in a slot; `None` if the slot is free.
    fn taken_by(&self, slot: usize) -> Option<usize> {
        let place = self.slot(slot)?;
        // SAFETY: slots are aligned to their size, and zeroed or filled.
        let number = unsafe {
            match slot_size(self.capacity.get()) {
                2 => usize::from(place.cast::<u16>().read()),
                _ => place.cast::<u32>().read() as usize,
            }
        };
        number.checked_sub(1)
    }

    /// All names.
    pub fn all(&self) -> impl Iterator<Item = Qstr> {
        (1..FIXED + self.len.get()).map(|number| Qstr(number as u32))
    }

    /// The names met at run time.
    #[cfg_attr(not(feature = "mem-info"), allow(dead_code))]
    pub fn interned(&self) -> impl Iterator<Item = Qstr> {
        (FIXED..FIXED + self.len.get()).map(|number| Qstr(number as u32))
    }

    /// How many names were met at run time, bytes of their spellings, and bytes of memory that these names take in all.
    #[cfg_attr(not(feature = "mem-info"), allow(dead_code))]
    pub fn figures(&self) -> (usize, usize, usize) {
        let names = self.len.get();
        let bytes = self.interned().map(|name| self.bytes(name).len()).sum();
        let capacity = self.capacity.get();
        let tables = capacity * (size_of::<usize>() + size_of::<Fact>()) + slots_for(capacity) * slot_size(capacity);
        (names, bytes, bytes + tables)
    }

    /// The spelling of `name`, empty for a number that no name has.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn bytes(&self, name: Qstr) -> &[u8] {
        let number = name.0 as usize;
        if number < FIXED { fixed::spelling(number) } else { self.bytes_met(number) }
    }

    /// The spelling of the name number `number`, which was met at run time.
    #[cfg_attr(not(feature = "small"), inline(never))]
    fn bytes_met(&self, number: usize) -> &[u8] {
        match (self.start(number - FIXED), self.fact(number - FIXED)) {
            // SAFETY: as many bytes as the fact says were copied to `start`, or are lent from there; either way they
            // stay, since the pool points to them.
            (Some(start), Some(fact)) => unsafe { core::slice::from_raw_parts(start.as_ptr(), fact.len()) },
            _ => &[],
        }
    }

    /// The hash of `name`.
    pub fn hash(&self, name: Qstr) -> u32 {
        let number = name.0 as usize;
        if number < FIXED {
            return fixed::hash_of(number);
        }
        self.fact(number - FIXED).map_or(1, Fact::hash)
    }

    /// The name spelled `bytes`, if it is interned; `hash` is the hash of the bytes.
    pub fn find_hashed(&self, bytes: &[u8], hash: u32) -> Option<Qstr> {
        if let Some(number) = fixed::find(bytes, hash) {
            return Some(Qstr(number as u32));
        }
        let len = u8::try_from(bytes.len()).ok()?;
        let (Some(starts), Some(facts)) = (self.starts.get(), self.facts.get()) else { return None };
        let capacity = self.capacity.get();
        // SAFETY: `slots_for(capacity)` slots follow the facts in the block, filled with places in the order plus one, or
        // zeroed.
        let index = unsafe {
            let slots = facts.add(capacity);
            let found = |index: usize| {
                let fact = facts.add(index).read();
                let spelled = || core::slice::from_raw_parts(starts.add(index).read().as_ptr(), bytes.len());
                fact == Fact::new(hash, len) && spelled() == bytes
            };
            match slot_size(capacity) {
                2 => search(slots.cast::<u16>(), slots_for(capacity), hash, found),
                _ => search(slots.cast::<u32>(), slots_for(capacity), hash, found),
            }
        }?;
        Some(Qstr((FIXED + index) as u32))
    }

    /// The name spelled `bytes`, interned now if it was not, with a copy of them.
    ///
    /// # Errors
    /// [`Blocks::too_long`] for a name of more than 255 bytes, and the error of `blocks` for want of memory.
    pub fn intern<B: Blocks>(&self, blocks: &B, bytes: &[u8]) -> Result<Qstr, B::Error> {
        let hash = hash(bytes);
        if let Some(name) = self.find_hashed(bytes, hash) {
            return Ok(name);
        }
        let len = Pool::len_of(blocks, bytes)?;
        let start = self.copy(blocks, bytes)?;
        self.add(blocks, start, len, hash)
    }

    /// The name spelled `bytes`, interned now if it was not. The bytes are lent: they never change, and stay as long as
    /// something that the collector sees points to them.
    ///
    /// # Errors
    /// As [`Pool::intern`].
    pub fn intern_lent<B: Blocks>(&self, blocks: &B, bytes: &'static [u8]) -> Result<Qstr, B::Error> {
        let hash = hash(bytes);
        match self.find_hashed(bytes, hash) {
            Some(name) => Ok(name),
            None => self.add(blocks, NonNull::from_ref(bytes).cast(), Pool::len_of(blocks, bytes)?, hash),
        }
    }

    /// The length of the name spelled `bytes`, or the error if the name is too long.
    fn len_of<B: Blocks>(blocks: &B, bytes: &[u8]) -> Result<u8, B::Error> {
        u8::try_from(bytes.len()).map_err(|_| blocks.too_long())
    }

    /// A copy of a name's spelling, which ends in a zero byte behind its length, as strings do.
    fn copy<B: Blocks>(&self, blocks: &B, bytes: &[u8]) -> Result<NonNull<u8>, B::Error> {
        let size = bytes.len() + 1;
        let start = match self.room.get() {
            Some(room) if size <= self.room_left.get() => room,
            _ if size > LONG => blocks.bytes(size)?,
            _ => {
                let room = blocks.bytes(CHUNK)?;
                self.room.set(Some(room));
                self.room_left.set(CHUNK);
                room
            }
        };
        // SAFETY: `start` has room for the bytes and the zero, and nobody else knows this memory yet.
        unsafe {
            start.copy_from_nonoverlapping(NonNull::from_ref(bytes).cast(), bytes.len());
            start.add(bytes.len()).write(0);
        }
        if self.room.get() == Some(start) {
            // SAFETY: at least `size` bytes were left at `start`.
            self.room.set(Some(unsafe { start.add(size) }));
            self.room_left.set(self.room_left.get() - size);
        }
        Ok(start)
    }

    fn add<B: Blocks>(&self, blocks: &B, start: NonNull<u8>, len: u8, hash: u32) -> Result<Qstr, B::Error> {
        if self.len.get() == self.capacity.get() {
            self.grow(blocks)?;
        }
        let (Some(starts), Some(facts)) = (self.starts.get(), self.facts.get()) else {
            return Err(blocks.no_room(len.into()));
        };
        let index = self.len.get();
        // SAFETY: the blocks have room for `capacity` names.
        unsafe {
            starts.add(index).write(start);
            facts.add(index).write(Fact::new(hash, len));
        }
        self.len.set(index + 1);
        self.place(index, hash);
        Ok(Qstr((FIXED + index) as u32))
    }

    /// Enters the name number `index` into the hash table, which has room.
    fn place(&self, index: usize, hash: u32) {
        let last = slots_for(self.capacity.get()) - 1;
        let mut slot = slot_of(hash, last);
        while self.taken_by(slot).is_some() {
            slot = (slot + 1) & last;
        }
        let Some(place) = self.slot(slot) else { return };
        // SAFETY: slots are aligned to their size, and fit the numbers of `capacity` names.
        unsafe {
            match slot_size(self.capacity.get()) {
                2 => place.cast::<u16>().write(index as u16 + 1),
                _ => place.cast::<u32>().write(index as u32 + 1),
            }
        }
    }

    fn grow<B: Blocks>(&self, blocks: &B) -> Result<(), B::Error> {
        let old = self.capacity.get();
        let capacity = (old + old / 3).max(old + 24);
        let starts = blocks.words(capacity)?.cast::<NonNull<u8>>();
        let slots = slots_for(capacity) * slot_size(capacity);
        let facts = blocks.bytes(capacity * size_of::<Fact>() + slots)?.cast::<Fact>();
        // SAFETY: both blocks are new and large enough; a zero is a free slot.
        unsafe {
            facts.add(capacity).cast::<u8>().write_bytes(0, slots);
            if let (Some(old_starts), Some(old_facts)) = (self.starts.get(), self.facts.get()) {
                starts.copy_from_nonoverlapping(old_starts, self.len.get());
                facts.copy_from_nonoverlapping(old_facts, self.len.get());
                blocks.give_back(old_starts);
                blocks.give_back(old_facts);
            }
        }
        self.starts.set(Some(starts));
        self.facts.set(Some(facts));
        self.capacity.set(capacity);
        for index in 0..self.len.get() {
            self.place(index, self.hash(Qstr((FIXED + index) as u32)));
        }
        Ok(())
    }

    /// Keeps the table in a collection.
    pub(crate) fn keep(&self, collection: &mut Collection<'_>) {
        let blocks = [self.starts.get().map(NonNull::cast::<u8>), self.facts.get().map(NonNull::cast), self.room.get()];
        blocks.into_iter().flatten().for_each(|block| collection.keep(block.as_ptr().addr()));
    }
}
