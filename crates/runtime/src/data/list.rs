//! Lists: making, reading and changing them.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::data::slice::Bounds;
use crate::model::error::Res;
use crate::model::layout::List;
use crate::model::object::{Gc, Header, Object};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::model::work::spend_work_on_bytes;

/// The least capacity of a list, in items.
pub(crate) const MIN: usize = 4;

impl List {
    /// An empty list with room for `capacity` items.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn with_capacity(vm: &Vm, capacity: usize) -> Res<Gc<List>> {
        let block = vm.alloc_words(capacity.max(MIN))?;
        List::of_block(vm, block, capacity.max(MIN), 0)
    }

    /// A list of `items`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, items: &[Obj]) -> Res<Gc<List>> {
        List::build(vm, items.len(), |room| {
            // SAFETY: `room` has room for the items.
            unsafe { room.copy_from_nonoverlapping(NonNull::from_ref(items).cast(), items.len()) }
        })
    }

    /// A list of `len` items, which `fill` writes to the address that it is given. `fill` does not use the interpreter.
    pub(crate) fn build(vm: &Vm, len: usize, fill: impl FnOnce(NonNull<Obj>)) -> Res<Gc<List>> {
        let capacity = len.max(MIN);
        let block = vm.alloc_words_to_fill(capacity)?;
        fill(block.cast());
        for index in len..capacity {
            // SAFETY: the block has `capacity` words.
            unsafe { block.add(index).write(None) };
        }
        List::of_block(vm, block, capacity, len)
    }

    /// A list whose `len` items are in `block`, which has `capacity` words.
    pub(crate) fn of_block(vm: &Vm, block: NonNull<Slot>, capacity: usize, len: usize) -> Res<Gc<List>> {
        vm.alloc(List {
            header: Header::of(<List as Object>::TYPE),
            capacity: Cell::new(capacity),
            len: Cell::new(len),
            items: Cell::new(block),
        })
    }

    /// A list of the items that `bounds` selects of `items`, which nothing changes meanwhile.
    pub(crate) fn selected(vm: &Vm, items: &[Cell<Obj>], bounds: Bounds) -> Res<Gc<List>> {
        List::build(vm, bounds.len, |room| match bounds.step {
            1 => {
                let items = &items[bounds.start..bounds.start + bounds.len];
                // SAFETY: `room` has room for the items, and a cell has the layout of the value that it holds.
                unsafe { room.copy_from_nonoverlapping(NonNull::from_ref(items).cast(), items.len()) }
            }
            -1 if bounds.len > 0 => {
                let backward = items[bounds.start + 1 - bounds.len..bounds.start + 1].iter().rev();
                for (number, item) in backward.enumerate() {
                    // SAFETY: `room` has room for as many items as the list gets.
                    unsafe { room.add(number).write(item.get()) };
                }
            }
            _ => {
                for number in 0..bounds.len {
                    // SAFETY: as above.
                    unsafe { room.add(number).write(items[bounds.at(number)].get()) };
                }
            }
        })
    }

    /// How many items the list has.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    /// Whether the list has no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items. Calls of Python code may change the list, so call nothing while the items are in use.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn items(&self) -> &[Cell<Obj>] {
        // SAFETY: the block holds `len` items at its start.
        unsafe { core::slice::from_raw_parts(self.items.get().as_ptr().cast(), self.len.get()) }
    }

    /// Does `work` with the items, which are out of the list meanwhile, and puts them back. Answers whether something
    /// was put into the empty list in the meantime; such items are dropped.
    ///
    /// # Errors
    /// What `work` raises.
    pub(crate) fn with_items_out(&self, work: impl FnOnce(&[Cell<Obj>]) -> Res<()>) -> Res<bool> {
        // The list becomes empty and has no block. If it has a capacity afterwards, a block was made for it.
        let len = self.len.replace(0);
        let capacity = self.capacity.replace(0);
        let block = self.items.replace(NonNull::dangling());
        // SAFETY: the block holds `len` items at its start, and the list does not refer to it meanwhile.
        let outcome = work(unsafe { core::slice::from_raw_parts(block.as_ptr().cast(), len) });
        let is_changed = self.capacity.replace(capacity) > 0;
        self.len.set(len);
        self.items.set(block);
        outcome.map(|()| is_changed)
    }

    /// Item number `index`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn get(&self, index: usize) -> Option<Obj> {
        self.items().get(index).map(Cell::get)
    }

    /// Adds an item.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline]
    pub fn append(&self, vm: &Vm, item: Obj) -> Res<()> {
        let len = self.len.get();
        if len == self.capacity.get() {
            let capacity = len + len / 2 + MIN;
            // SAFETY: the block has `len` words, and the list alone knows it.
            let (block, capacity) = unsafe { vm.resize_words_or(self.items.get(), len, capacity, len + 1)? };
            self.items.set(block);
            self.capacity.set(capacity);
        }
        self.append_at_once(item);
        Ok(())
    }

    /// Adds an item if the list has room for it; else answers false. Allocates nothing.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn append_at_once(&self, item: Obj) -> bool {
        let len = self.len.get();
        if len >= self.capacity.get() {
            return false;
        }
        // SAFETY: the block has `capacity` words.
        unsafe { self.items.get().add(len).write(Some(item)) };
        self.len.set(len + 1);
        true
    }

    /// A list of the same items.
    pub(crate) fn copied(&self, vm: &Vm) -> Res<Gc<List>> {
        List::selected(vm, self.items(), Bounds { start: 0, len: self.len(), step: 1 })
    }

    /// A list of `None`, `len` times, to be filled.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn filled(vm: &Vm, len: usize) -> Res<Gc<List>> {
        List::build(vm, len, |room| {
            for index in 0..len {
                // SAFETY: `room` has room for as many items as the list gets.
                unsafe { room.add(index).write(Obj::NONE) };
            }
        })
    }

    /// Replaces `old` items from number `at` on, or as many as there are, by `new` items, which are to be filled: until
    /// then the first of them are the old ones, and those beyond are `None`.
    ///
    /// # Errors
    /// `MemoryError`; the list is as before.
    pub fn splice(&self, vm: &Vm, at: usize, old: usize, new: usize) -> Res<()> {
        let len = self.len.get();
        let at = at.min(len);
        let old = old.min(len - at);
        let new_len = (len - old).saturating_add(new);
        if new_len > self.capacity.get() {
            let capacity = new_len.saturating_add(new_len / 8).saturating_add(MIN);
            // SAFETY: the block has `capacity` words, and the list alone knows it.
            let (block, capacity) =
                unsafe { vm.resize_words_or(self.items.get(), self.capacity.get(), capacity, new_len)? };
            self.items.set(block);
            self.capacity.set(capacity);
        }
        spend_work_on_bytes(vm, (len - at) * size_of::<Obj>());
        let block = self.items.get();
        // SAFETY: the block has room for the longer of the two lengths, and the words behind the items in use may hold
        // anything.
        unsafe {
            block.add(at + old).copy_to(block.add(at + new), len - at - old);
            // What was at the beginning stays there for as long.
            for index in at + new.min(old)..at + new {
                block.add(index).write(Some(Obj::NONE));
            }
            for index in new_len..len {
                block.add(index).write(None);
            }
        }
        self.len.set(new_len);
        Ok(())
    }

    /// Removes and answers item number `at`; `None` if the list has no such item.
    pub fn remove_at(&self, vm: &Vm, at: usize) -> Option<Obj> {
        let item = self.get(at)?;
        let last = self.len.get() - 1;
        spend_work_on_bytes(vm, (last - at) * size_of::<Obj>());
        let block = self.items.get();
        // SAFETY: the block holds `last + 1` items, of which `last` are left after the removal.
        unsafe {
            block.add(at + 1).copy_to(block.add(at), last - at);
            block.add(last).write(None);
        }
        self.len.set(last);
        let capacity = self.capacity.get();
        if capacity > 16 && last < capacity / 4 {
            // SAFETY: the block has `capacity` words, and the list alone knows it.
            if let Ok(block) = unsafe { vm.resize_words(self.items.get(), capacity, capacity / 2) } {
                self.items.set(block);
                self.capacity.set(capacity / 2);
            }
        }
        Some(item)
    }

    /// Turns the order of the items around.
    pub fn reverse(&self) {
        let items = self.items();
        for index in 0..items.len() / 2 {
            items[index].swap(&items[items.len() - 1 - index]);
        }
    }
}
