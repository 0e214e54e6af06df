//! Hash tables that keep the order of insertion: dicts, sets, global variables, attributes of instances.
//!
//! Entries (key, value) stand in a heap block in order of insertion; a deleted entry leaves a gap whose key is null. Up
//! to eight entries are simply looked through. A larger table has an index behind its entries, in the same block: entry
//! numbers, from 1, by hash, in as many bytes as they need.

pub(crate) mod index;

use core::cell::Cell;
use core::ptr::NonNull;

use crate::data::map::index::{Index, PLAIN};
use crate::data::str::Str;
use crate::model::builtin_types::BuiltinTypes;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::layout::{Entry, FIXED, LENIENT, LOOKED_PAST, Map, NUMBER_SHIFT};
use crate::model::protocols::{Classes, Compare, Hash};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::model::work::spend_work;
use crate::qstr::Qstr;

/// The outcome of a search that has to begin again: comparing keys has run Python code, which changed the map.
struct Changed;

/// A search takes more than looking at words and text.
pub(crate) struct Unsure;

/// How often a search begins again before whoever changes the map at each comparison gets an error.
const MOST_SEARCHES: usize = 100;

/// The outcome of a search: the number of the entry found, if there is one.
type Search = Result<Option<usize>, Changed>;

/// Words of a block for `capacity` entries.
const fn block_words(capacity: u32) -> usize {
    capacity as usize * 2 + index::bytes(capacity).div_ceil(size_of::<usize>())
}

impl Map {
    /// An empty map.
    pub const fn new() -> Map {
        Map::with_flags(0)
    }

    /// An empty map whose keys need no hash, as those of an `OrderedDict`.
    pub const fn lenient() -> Map {
        Map::with_flags(LENIENT)
    }

    const fn with_flags(flags: u32) -> Map {
        Map {
            block: Cell::new(None),
            used: Cell::new(0),
            len: Cell::new(0),
            #[cfg(all(feature = "native", target_pointer_width = "32"))]
            base: Cell::new(None),
            capacity: Cell::new(0),
            flags: Cell::new(flags),
        }
    }

    /// Has the map, which is new, put its entries at `block` until there are more than `capacity`, at most
    /// [`PLAIN`]. If `capacity` is 0, `block` is not looked at.
    ///
    /// # Safety
    /// At `block`, in memory that the collector sees and that lives as long as the map, there is room for as many entries.
    pub(crate) unsafe fn begin_at(&self, block: NonNull<Entry>, capacity: u32) {
        if capacity > 0 {
            self.block.set(Some(block));
            self.capacity.set(capacity);
        }
    }

    /// How many entries the map has.
    pub fn len(&self) -> usize {
        self.len.get() as usize
    }

    /// Whether the map has no entries.
    pub fn is_empty(&self) -> bool {
        self.len.get() == 0
    }

    /// Whether programs may not change the map.
    pub fn is_fixed(&self) -> bool {
        self.flags.get() & FIXED != 0
    }

    /// Forbids programs to change the map.
    pub fn fix(&self) {
        self.flags.set(self.flags.get() | FIXED);
    }

    /// Sets a flag of the map: one of its owner's, from [`NOTES`](crate::model::layout::NOTES) on, or `LOOKED_PAST`.
    pub fn note(&self, bit: u32) {
        self.flags.set(self.flags.get() | bit);
    }

    /// The number that the map's owner keeps in the map.
    pub fn number(&self) -> u8 {
        (self.flags.get() >> NUMBER_SHIFT) as u8
    }

    /// Sets the number that the map's owner keeps in the map.
    pub fn set_number(&self, number: u8) {
        let rest = self.flags.get() & ((1 << NUMBER_SHIFT) - 1);
        self.flags.set(rest | u32::from(number) << NUMBER_SHIFT);
    }

    /// Whether the flag `bit` is set, one of those of [`Map::note`].
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn is_noted(&self, bit: u32) -> bool {
        self.flags.get() & bit != 0
    }

    /// The hash of a key.
    #[inline]
    fn hash(&self, vm: &Vm, key: Obj) -> Res<usize> {
        match vm.hash(key) {
            Err(raised)
                if self.flags.get() & LENIENT != 0 && vm.is_instance(vm.peek_exception(&raised), Vm::TYPE_ERROR) =>
            {
                vm.take_exception(raised);
                Ok(0)
            }
            hash => hash,
        }
    }

    /// All entries, gaps included. Calls of Python code may change the map, so call nothing while the entries are in
    /// use.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn entries(&self) -> &[Entry] {
        match self.block.get() {
            // SAFETY: the block begins with `used` entries that were written.
            Some(block) => unsafe { core::slice::from_raw_parts(block.as_ptr(), self.used.get() as usize) },
            None => &[],
        }
    }

    /// The number, key and value of the first entry from number `from` on that is no gap. By this, the map can be
    /// iterated over while Python code runs.
    pub fn entry_from(&self, from: usize) -> Option<(usize, Obj, Slot)> {
        let entries = self.entries();
        (from..entries.len()).find_map(|at| entries[at].key.get().map(|key| (at, key, entries[at].value.get())))
    }

    /// The number, key and value of the last entry.
    pub fn last_entry(&self) -> Option<(usize, Obj, Slot)> {
        let entries = self.entries();
        entries.iter().enumerate().rev().find_map(|(at, entry)| entry.key.get().map(|key| (at, key, entry.value.get())))
    }

    /// Bytes of memory that the entries take.
    pub fn bytes(&self) -> usize {
        block_words(self.capacity.get()) * size_of::<usize>()
    }

    /// The number of the entry whose key is the name `name`.
    #[inline]
    pub fn find_name(&self, vm: &Vm, name: Qstr) -> Option<usize> {
        let key = Some(Obj::qstr(name));
        if self.capacity.get() <= PLAIN {
            let entries = self.entries();
            // Nearly always the key is the name itself, so the search for the name has a loop of its own, as short as
            // can be.
            return entries.iter().position(|entry| entry.key.get() == key).or_else(|| {
                entries.iter().position(|entry| {
                    let string = entry.key.get().and_then(|key| key.downcast::<Str>());
                    string.is_some_and(|string| string.bytes() == vm.spelling(name))
                })
            });
        }
        self.find_indexed_name(vm, name)
    }

    fn find_indexed_name(&self, vm: &Vm, name: Qstr) -> Option<usize> {
        self.find_in_index_at_once(vm, Obj::qstr(name), vm.qstrs.hash(name) as usize).ok().flatten()
    }

    /// The number of the entry with key `key`, or if there is none, the hash of the key; as far as words and text tell:
    /// [`Unsure`] if a key has to be asked for its hash, or whether it equals another.
    // Not inlined, so that searches have all registers and are there once.
    #[inline(never)]
    pub(crate) fn find_at_once(&self, vm: &Vm, key: Obj) -> Result<Result<usize, usize>, Unsure> {
        if let Some(name) = key.as_qstr() {
            // A key that is no string may equal a string only by a class's `__eq__`, which is not asked, as in
            // MicroPython.
            return Ok(self.find_name(vm, name).ok_or_else(|| vm.qstrs.hash(name) as usize));
        }
        let hash = match (key.as_small_int(), key.downcast::<Str>()) {
            // One way for all keys but names is shorter.
            _ if cfg!(feature = "small") => return Err(Unsure),
            (Some(value), _) => value as usize,
            (None, Some(string)) if string.known_hash() != 0 => string.known_hash() as usize,
            _ => return Err(Unsure),
        };
        let found = if self.capacity.get() <= PLAIN {
            self.find_in_plain_at_once(vm, key, hash)
        } else {
            self.find_in_index_at_once(vm, key, hash)
        };
        Ok(found?.ok_or(hash))
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn find_in_plain_at_once(&self, vm: &Vm, key: Obj, hash: usize) -> Result<Option<usize>, Unsure> {
        for (at, entry) in self.entries().iter().enumerate() {
            if let Some(other) = entry.key.get()
                && (other == key || is_same(vm, other, key, hash)?)
            {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn find_in_index_at_once(&self, vm: &Vm, key: Obj, hash: usize) -> Result<Option<usize>, Unsure> {
        let (entries, Some(index)) = (self.entries(), Index::of(self)) else { return Ok(None) };
        let mut slot = index.first(hash);
        while let Some(at) = index.get(slot) {
            if let Some(other) = entries.get(at).and_then(|entry| entry.key.get())
                && (other == key || is_same(vm, other, key, hash)?)
            {
                return Ok(Some(at));
            }
            spend_work(vm, 1);
            slot = index.after(slot);
        }
        Ok(None)
    }

    /// The number of the entry with key `key`.
    ///
    /// # Errors
    /// What hashing or comparing raises.
    #[inline]
    pub fn find(&self, vm: &Vm, key: Obj) -> Res<Option<usize>> {
        // MicroPython does not ask a key for its hash, which it may not have, where the map is empty.
        if self.is_empty() && !cfg!(feature = "python") { Ok(None) } else { Ok(self.find_or_hash(vm, key)?.ok()) }
    }

    /// The number of the entry with key `key`, or if there is none, the hash of the key.
    #[inline]
    fn find_or_hash(&self, vm: &Vm, key: Obj) -> Res<Result<usize, usize>> {
        match self.find_at_once(vm, key) {
            Ok(found) => Ok(found),
            Err(Unsure) => self.ask_and_find(vm, key),
        }
    }

    /// As [`Map::find_or_hash`], for keys that have to be asked.
    #[inline(never)]
    fn ask_and_find(&self, vm: &Vm, key: Obj) -> Res<Result<usize, usize>> {
        let hash = self.hash(vm, key)?;
        for _ in 0..MOST_SEARCHES {
            let found = if self.is_empty() {
                Ok(None)
            } else if self.capacity.get() <= PLAIN {
                self.find_in_plain(vm, key)?
            } else {
                self.find_in_index(vm, key, hash)?
            };
            match found {
                Ok(found) => return Ok(found.ok_or(hash)),
                Err(Changed) => vm.work(1)?,
            }
        }
        Err(vm.runtime_error(format_args!("dictionary changed size during iteration")))
    }

    /// As [`Map::find`], in a map without index.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn find_in_plain(&self, vm: &Vm, key: Obj) -> Res<Search> {
        let mut at = 0;
        // Comparing keys may add entries.
        while let Some(entry) = self.entries().get(at) {
            if let Some(other) = entry.key.get() {
                if other == key {
                    return Ok(Ok(Some(at)));
                }
                if !are_unequal(other, key) {
                    match self.is_equal(vm, at, other, key)? {
                        Ok(true) => return Ok(Ok(Some(at))),
                        Ok(false) => {}
                        Err(Changed) => return Ok(Err(Changed)),
                    }
                }
            }
            at += 1;
        }
        Ok(Ok(None))
    }

    /// As [`Map::find`], in a map with index.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn find_in_index(&self, vm: &Vm, key: Obj, hash: usize) -> Res<Search> {
        let (mut entries, index) = (self.entries(), Index::of(self));
        let mut slot = index.map_or(0, |index| index.first(hash));
        while let Some(at) = index.and_then(|index| index.get(slot)) {
            if let Some(other) = entries.get(at).and_then(|entry| entry.key.get()) {
                if other == key {
                    return Ok(Ok(Some(at)));
                }
                if !are_unequal(other, key) {
                    vm.work(1)?;
                    match self.is_equal(vm, at, other, key)? {
                        Ok(true) => return Ok(Ok(Some(at))),
                        // Comparing keys may add entries.
                        Ok(false) => entries = self.entries(),
                        Err(Changed) => return Ok(Err(Changed)),
                    }
                }
            }
            slot += 1;
            vm.work(1)?;
        }
        Ok(Ok(None))
    }

    /// Whether `other`, the key of entry number `at`, equals `key`; [`Changed`] if comparing them has replaced that
    /// entry.
    fn is_equal(&self, vm: &Vm, at: usize, other: Obj, key: Obj) -> Res<Result<bool, Changed>> {
        let block = self.block.get();
        let is_equal = vm.equal(other, key)?;
        let is_there =
            self.block.get() == block && self.entries().get(at).is_some_and(|entry| entry.key.get() == Some(other));
        Ok(if is_there { Ok(is_equal) } else { Err(Changed) })
    }

    /// The value under `key`.
    ///
    /// # Errors
    /// What hashing or comparing raises.
    pub fn get(&self, vm: &Vm, key: Obj) -> Res<Slot> {
        Ok(self.find(vm, key)?.and_then(|at| self.entries().get(at)?.value.get()))
    }

    /// The value under the name `name`.
    #[inline]
    pub fn get_name(&self, vm: &Vm, name: Qstr) -> Slot {
        self.find_name(vm, name).and_then(|at| self.entries()[at].value.get())
    }

    /// Puts `value` under `key`.
    ///
    /// # Errors
    /// `MemoryError`, and what hashing or comparing raises.
    pub fn store(&self, vm: &Vm, key: Obj, value: Obj) -> Res<()> {
        match self.find_or_hash(vm, key)? {
            Ok(at) => {
                self.entries()[at].value.set(Some(value));
                Ok(())
            }
            Err(hash) => self.add_hashed(vm, key, value, hash),
        }
    }

    /// Puts `value` under `name`, which is not hashed where that can be helped; answers the number of the entry.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn store_name(&self, vm: &Vm, name: Qstr, value: Obj) -> Res<usize> {
        if self.is_new_name(name) {
            return Ok(self.add_entry(vm, Obj::qstr(name), value) as usize);
        }
        if let Some(at) = self.find_name(vm, name) {
            self.entries()[at].value.set(Some(value));
            return Ok(at);
        }
        if self.capacity.get() <= PLAIN && self.used.get() < self.capacity.get() {
            self.add_entry(vm, Obj::qstr(name), value);
        } else {
            self.add_hashed(vm, Obj::qstr(name), value, vm.qstrs.hash(name) as usize)?;
        }
        Ok(self.used.get() as usize - 1)
    }

    /// Whether the map has room for the name `name`, which no entry has, without an index: one look, with `false` for
    /// maps that have keys which are no names.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn is_new_name(&self, name: Qstr) -> bool {
        let (key, capacity) = (Some(Obj::qstr(name)), self.capacity.get());
        capacity <= PLAIN
            && self.used.get() < capacity
            && self
                .entries()
                .iter()
                .all(|entry| entry.key.get() != key && !entry.key.get().is_some_and(Obj::is_pointer))
    }

    /// Puts `value` under `key`, if the map has no entry for `key`.
    ///
    /// # Errors
    /// As [`Map::store`].
    pub fn store_new(&self, vm: &Vm, key: Obj, value: Obj) -> Res<()> {
        match self.find_or_hash(vm, key)? {
            Ok(_) => Ok(()),
            Err(hash) => self.add_hashed(vm, key, value, hash),
        }
    }

    /// Adds an entry for `key`, for which the map has none.
    ///
    /// # Errors
    /// `MemoryError`, and what hashing raises.
    pub fn add(&self, vm: &Vm, key: Obj, value: Obj) -> Res<()> {
        let hash = self.hash(vm, key)?;
        self.add_hashed(vm, key, value, hash)
    }

    fn add_hashed(&self, vm: &Vm, key: Obj, value: Obj, hash: usize) -> Res<()> {
        // Hashing keys anew may have filled the map again.
        while self.used.get() == self.capacity.get() {
            self.make_room(vm)?;
        }
        let at = self.add_entry(vm, key, value);
        if let Some(index) = Index::of(self) {
            spend_work(vm, index.enter(hash, at));
        }
        Ok(())
    }

    /// Adds an entry, for which there is room, and which is in no index yet: the entry's number.
    #[inline]
    fn add_entry(&self, vm: &Vm, key: Obj, value: Obj) -> u32 {
        if self.is_noted(LOOKED_PAST) {
            vm.forget_builtin(self, key);
        }
        let at = self.used.get();
        self.used.set(at + 1);
        self.len.set(self.len.get() + 1);
        let entry = &self.entries()[at as usize];
        entry.key.set(Some(key));
        entry.value.set(Some(value));
        at
    }

    /// Makes room for another entry.
    fn make_room(&self, vm: &Vm) -> Res<()> {
        let live = self.len.get();
        if live < self.used.get() && self.capacity.get() <= PLAIN {
            self.close_gaps();
            return Ok(());
        }
        // Closing gaps is enough if there are many.
        let wanted = if live < self.used.get() / 2 { live + 1 } else { live + live / 2 + 1 };
        self.rebuild(vm, wanted.max(if live == 0 { 4 } else { PLAIN.min(live * 2) }))
    }

    /// Moves the entries of a map without index together.
    fn close_gaps(&self) {
        let entries = self.entries();
        let mut len = 0;
        for at in 0..entries.len() {
            if entries[at].key.get().is_some() {
                entries[len].key.swap(&entries[at].key);
                entries[len].value.swap(&entries[at].value);
                len += 1;
            }
        }
        self.used.set(len as u32);
    }

    /// Makes room for `entries` entries in all.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn reserve(&self, vm: &Vm, entries: usize) -> Res<()> {
        let entries = u32::try_from(entries).unwrap_or(u32::MAX / 64);
        if entries > self.capacity.get() { self.rebuild(vm, entries) } else { Ok(()) }
    }

    /// Gives back the room that entries do not take, in a map that is not expected to grow. Leaves the map as it is if
    /// there is no memory to move the entries to.
    ///
    /// # Errors
    /// As [`Vm::work`].
    pub fn fit(&self, vm: &Vm) -> Res<()> {
        if self.len.get() == self.capacity.get() || self.len.get() == 0 {
            return Ok(());
        }
        match self.rebuild(vm, self.len.get()) {
            Err(raised) if vm.is_instance(vm.peek_exception(&raised), Vm::MEMORY_ERROR) => {
                vm.take_exception(raised);
                Ok(())
            }
            result => result,
        }
    }

    /// Removes entry number `at`, leaving a gap.
    pub(crate) fn remove_at(&self, at: usize) {
        let entry = &self.entries()[at];
        entry.key.set(None);
        entry.value.set(None);
        self.len.set(self.len.get() - 1);
        if self.len.get() == 0 {
            if let Some(index) = Index::of(self) {
                index.clear();
            }
            self.used.set(0);
        }
    }

    /// Removes the entry of `key`, and answers its value.
    ///
    /// # Errors
    /// What hashing or comparing raises.
    pub fn remove(&self, vm: &Vm, key: Obj) -> Res<Slot> {
        let Some(at) = self.find(vm, key)? else { return Ok(None) };
        let value = self.entries()[at].value.get();
        self.remove_at(at);
        Ok(value)
    }

    /// Removes the entry of the name `name`, and answers its value.
    pub fn remove_name(&self, vm: &Vm, name: Qstr) -> Slot {
        let at = self.find_name(vm, name)?;
        let value = self.entries()[at].value.get();
        self.remove_at(at);
        value
    }

    /// Removes all entries.
    pub fn clear(&self) {
        self.block.set(None);
        self.used.set(0);
        self.len.set(0);
        self.capacity.set(0);
    }

    /// Makes this map, which is empty, a copy of `other`.
    ///
    /// # Errors
    /// `MemoryError`, and what hashing raises.
    pub fn copy_from(&self, vm: &Vm, other: &Map) -> Res<()> {
        self.reserve(vm, other.len())?;
        let mut at = 0;
        while let Some((found, key, value)) = other.entry_from(at) {
            vm.work(1)?;
            self.add(vm, key, value.unwrap_or(Obj::NONE))?;
            at = found + 1;
        }
        Ok(())
    }

    /// Moves the entries into a new block with room for `capacity`, without gaps. Leaves the entries where they are if
    /// hashing their keys changes the map or raises an exception.
    fn rebuild(&self, vm: &Vm, capacity: u32) -> Res<()> {
        let block = vm.alloc_words(block_words(capacity))?.cast::<Entry>();
        let moved = Map::with_flags(0);
        moved.block.set(Some(block));
        moved.capacity.set(capacity);
        let keys = || self.entries().iter().filter_map(|entry| entry.key.get());
        if capacity <= PLAIN
            || keys().all(|key| key.is_small_int() || key.as_qstr().is_some() || key.downcast::<Str>().is_some())
        {
            self.copy_to(vm, &moved, |_, key| vm.hash(key))?;
            self.take(&moved);
            return Ok(());
        }
        // Hashing may run Python code, so it comes before anything changes.
        let state = || (self.block.get(), self.used.get(), self.len.get());
        let before = state();
        let hashes = vm.alloc_bytes(self.len() * size_of::<usize>())?.cast::<usize>();
        let (mut at, mut count) = (0, 0);
        while let Some((found, key, _)) = self.entry_from(at) {
            let hash = self.hash(vm, key)?;
            if state() != before {
                return Ok(());
            }
            // SAFETY: the block has a word for each of the entries, whose number has not changed.
            unsafe { hashes.add(count).write(hash) };
            count += 1;
            at = found + 1;
        }
        // SAFETY: the first `count` words of the block, the hashes, were written.
        let hashes = unsafe { core::slice::from_raw_parts(hashes.as_ptr(), count) };
        self.copy_to(vm, &moved, |at, _| Ok(hashes.get(at).copied().unwrap_or_default()))?;
        self.take(&moved);
        Ok(())
    }

    /// Copies the entries to `new`, which is empty and has room for them. `hash` is asked for the hash of each key in
    /// turn, if `new` has an index. Runs no Python code.
    fn copy_to(&self, vm: &Vm, new: &Map, hash: impl Fn(usize, Obj) -> Res<usize>) -> Res<()> {
        let index = Index::of(new);
        let live = self.entries().iter().filter(|entry| entry.key.get().is_some());
        for (at, entry) in live.take(new.capacity.get() as usize).enumerate() {
            vm.work(1)?;
            new.used.set(at as u32 + 1);
            let copy = &new.entries()[at];
            copy.key.set(entry.key.get());
            copy.value.set(entry.value.get());
            if let (Some(index), Some(key)) = (index, entry.key.get()) {
                vm.work(index.enter(hash(at, key)?, at as u32))?;
            }
        }
        Ok(())
    }

    /// Gives this map the entries of `new`, which has no gaps.
    fn take(&self, new: &Map) {
        self.block.set(new.block.get());
        self.capacity.set(new.capacity.get());
        self.used.set(new.used.get());
        self.len.set(new.used.get());
    }
}

/// Whether `other` equals `key`, another word, which is a name, a string or a small int with the hash `hash`.
///
/// # Errors
/// [`Unsure`] if that is for the type of `other` to say.
#[cfg_attr(not(feature = "small"), inline(always))]
fn is_same(vm: &Vm, other: Obj, key: Obj, hash: usize) -> Result<bool, Unsure> {
    if let Some(string) = other.downcast::<Str>() {
        return Ok(!key.is_small_int() && string.known_hash() as usize == hash && is_spelled(vm, key, string.bytes()));
    }
    if let Some(name) = other.as_qstr() {
        // Two names are the same word, or differ.
        let is_same = key.is_pointer() && vm.qstrs.hash(name) as usize == hash;
        return Ok(is_same && is_spelled(vm, key, vm.spelling(name)));
    }
    // `True` equals 1, and a float or a class's object may equal anything but a name.
    let is_plain = key.as_qstr().is_some() || !other.is_pointer() && other.as_bool().is_none();
    if is_plain { Ok(false) } else { Err(Unsure) }
}

/// Whether `key`, a name or a string, has the text `bytes`.
#[inline(never)]
fn is_spelled(vm: &Vm, key: Obj, bytes: &[u8]) -> bool {
    let text = match (key.as_qstr(), key.downcast::<Str>()) {
        (Some(name), _) => vm.spelling(name),
        (None, Some(string)) => string.bytes_unbounded(),
        (None, None) => return false,
    };
    vm.same_bytes(text, bytes)
}

/// Whether two different words cannot be equal, as far as the words tell: names, small ints and `None` equal only
/// themselves, but `True` equals 1.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn are_unequal(left: Obj, right: Obj) -> bool {
    !left.is_pointer() && !right.is_pointer() && left.as_bool().is_none() && right.as_bool().is_none()
}
