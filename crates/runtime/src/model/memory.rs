//! Allocation of objects, and collection with the interpreter's roots.

use core::ptr::NonNull;

use crate::heap;
use crate::heap::Kind;
use crate::model::error::{Raise, Res};
use crate::model::events::poll_soon;
use crate::model::finalise::finalise_dead;
use crate::model::machine_stack::{IS_VISIBLE, clear_stack_below, with_registers_in_memory};
use crate::model::object::{Gc, Object};
use crate::model::steps::{collect_at_safe_point, tidy_soon};
use crate::model::vm::Vm;
use crate::model::word::Slot;
use crate::model::work::spend_work_on_bytes;

/// Blocks of this size in bytes and larger count as work, since somebody is to fill them.
const LARGE: usize = 1024;

/// A block takes much of the heap if no more than so many blocks of its size fit into the heap.
const MUCH: usize = 32;

/// A block that grows while memory is short grows by at least its size divided by this number.
const PART_TO_GROW: usize = 16;

impl Vm {
    /// A block of `bytes` bytes, after a collection if one is due.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn block(&self, bytes: usize, kind: Kind) -> Res<NonNull<u8>> {
        if bytes >= LARGE {
            self.note_large(bytes);
        }
        match self.heap.alloc(bytes, kind) {
            Some(block) => Ok(block),
            None => self.block_slow(bytes, kind),
        }
    }

    /// Notes that a large block is being made. A block that takes much of the heap must not be kept by words that
    /// built-ins have left on the stacks.
    #[inline(never)]
    fn note_large(&self, bytes: usize) {
        spend_work_on_bytes(self, bytes);
        if bytes >= self.heap.reach() / MUCH {
            tidy_soon(self);
        }
    }

    #[cold]
    #[inline(never)]
    fn block_slow(&self, bytes: usize, kind: Kind) -> Res<NonNull<u8>> {
        self.block_after_collection(bytes, kind).ok_or_else(|| self.memory_error(bytes))
    }

    /// A block of `bytes` bytes, after a collection if need be; `None` if there is no memory.
    fn try_block(&self, bytes: usize, kind: Kind) -> Option<NonNull<u8>> {
        self.heap.alloc(bytes, kind).or_else(|| self.block_after_collection(bytes, kind))
    }

    fn block_after_collection(&self, bytes: usize, kind: Kind) -> Option<NonNull<u8>> {
        self.collect_if_allowed();
        self.heap.alloc_anyway(bytes, kind)
    }

    /// Frees what nothing refers to, unless the program has disabled collections or locked the heap.
    pub(super) fn collect_if_allowed(&self) {
        if self.gc_enabled.get() && self.heap.lock_depth() == 0 {
            self.free_dead();
        }
    }

    /// Makes `object` an object on the heap.
    ///
    /// # Errors
    /// `MemoryError`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn alloc<T: Object>(&self, object: T) -> Res<Gc<T>> {
        self.alloc_tail(object, 0)
    }

    /// As [`Vm::alloc_tail`], if the allocation takes no more than moving a pointer; else `None`. Never collects.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn alloc_tail_at_once<T: Object>(&self, object: T, tail: usize) -> Option<Gc<T>> {
        let block = self.heap.alloc_in_run(size_of::<T>() + tail, kind_of::<T>())?.cast::<T>();
        // SAFETY: the block is new, aligned to a granule and large enough for a `T`.
        unsafe {
            block.write(object);
            Some(Gc::from_ptr(block))
        }
    }

    /// Makes `object` an object on the heap with `tail` bytes behind it, which hold anything. Where the type is
    /// scanned, fill them before the next allocation.
    ///
    /// # Errors
    /// `MemoryError`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn alloc_tail<T: Object>(&self, object: T, tail: usize) -> Res<Gc<T>> {
        let block = self.block(size_of::<T>().saturating_add(tail), kind_of::<T>())?.cast::<T>();
        // SAFETY: the block is new, aligned to a granule and large enough for a `T`.
        unsafe {
            block.write(object);
            Ok(Gc::from_ptr(block))
        }
    }

    /// As [`Vm::alloc`], for callers that go on without the object: `None` if there is no memory.
    pub fn try_alloc<T: Object>(&self, object: T) -> Option<Gc<T>> {
        self.try_alloc_tail(object, 0)
    }

    /// As [`Vm::alloc_tail`], for callers that go on without the object: `None` if there is no memory.
    pub fn try_alloc_tail<T: Object>(&self, object: T, tail: usize) -> Option<Gc<T>> {
        let (bytes, kind) = (size_of::<T>().saturating_add(tail), kind_of::<T>());
        let block = self.try_block(bytes, kind)?.cast::<T>();
        // SAFETY: the block is new, aligned to a granule and large enough for a `T`.
        unsafe {
            block.write(object);
            Some(Gc::from_ptr(block))
        }
    }

    /// A block of `words` words that the collector looks at, all null.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn alloc_words(&self, words: usize) -> Res<NonNull<Slot>> {
        let block = self.alloc_words_to_fill(words)?;
        // SAFETY: the block has room for `words` words, and a null word is a zero.
        unsafe { block.write_bytes(0, words) };
        Ok(block)
    }

    /// A block of `words` words that the collector looks at. They hold anything: fill them before the next allocation.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn alloc_words_to_fill(&self, words: usize) -> Res<NonNull<Slot>> {
        Ok(self.block(words.saturating_mul(size_of::<Slot>()), Kind::Scan)?.cast())
    }

    /// A block of `bytes` bytes that the collector does not look at. They hold anything.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn alloc_bytes(&self, bytes: usize) -> Res<NonNull<u8>> {
        self.block(bytes, Kind::NoScan)
    }

    /// As [`Vm::alloc_bytes`], for callers that go on with less: `None` if there is no memory.
    pub(crate) fn try_alloc_bytes(&self, bytes: usize) -> Option<NonNull<u8>> {
        self.try_block(bytes, Kind::NoScan)
    }

    /// Checks that a block of `bytes` bytes could be had now, before its contents are computed in pieces.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn check_memory(&self, bytes: usize) -> Res<()> {
        let block = self.alloc_bytes(bytes)?;
        // SAFETY: the block is new, and nobody else knows of it.
        unsafe { self.free(block) };
        Ok(())
    }

    /// Makes a block from [`alloc_words`](Vm::alloc_words) `new` words long, in place or by moving it. Words that the
    /// block gains are null.
    ///
    /// # Errors
    /// `MemoryError`; the block is as before.
    ///
    /// # Safety
    /// The block has `old` words and, where it moves, nobody uses the old one any more.
    pub unsafe fn resize_words(&self, block: NonNull<Slot>, old: usize, new: usize) -> Res<NonNull<Slot>> {
        // SAFETY: as this function asks of its caller.
        unsafe { self.resize_words_or(block, old, new, new).map(|(block, _)| block) }
    }

    /// As [`Vm::resize_words`], but `wanted` words long or, if there is no memory for these, at least `least`. Answers
    /// the block and its length in words.
    ///
    /// # Errors
    /// `MemoryError`; the block is as before.
    ///
    /// # Safety
    /// As of [`Vm::resize_words`].
    pub(crate) unsafe fn resize_words_or(
        &self,
        block: NonNull<Slot>,
        old: usize,
        wanted: usize,
        least: usize,
    ) -> Res<(NonNull<Slot>, usize)> {
        let [old, wanted, least] = [old, wanted, least].map(|words| words.saturating_mul(size_of::<Slot>()));
        // SAFETY: the block has `old` bytes, and if it moves, nobody uses the old one any more, as the caller says. The
        // words that it gains are made null.
        unsafe {
            let (new, bytes) = self.resized(block.cast(), old, wanted, least, Kind::Scan)?;
            if bytes > old {
                new.add(old).write_bytes(0, bytes - old);
            }
            self.free_moved(block.cast(), new);
            Ok((new.cast(), bytes / size_of::<Slot>()))
        }
    }

    /// Makes a block from [`alloc_bytes`](Vm::alloc_bytes) `new` bytes long, in place or by moving it. Bytes that the
    /// block gains hold anything.
    ///
    /// # Errors
    /// `MemoryError`; the block is as before.
    ///
    /// # Safety
    /// The block has `old` bytes and, where it moves, nobody uses the old one any more.
    pub unsafe fn resize_bytes(&self, block: NonNull<u8>, old: usize, new: usize) -> Res<NonNull<u8>> {
        // SAFETY: as this function asks of its caller.
        unsafe { self.resize_bytes_or(block, old, new, new).map(|(block, _)| block) }
    }

    /// As [`Vm::resize_bytes`], but `wanted` bytes long or, if there is no memory for these, at least `least`. Answers
    /// the block and its length in bytes.
    ///
    /// # Errors
    /// `MemoryError`; the block is as before.
    ///
    /// # Safety
    /// As of [`Vm::resize_bytes`].
    pub(crate) unsafe fn resize_bytes_or(
        &self,
        block: NonNull<u8>,
        old: usize,
        wanted: usize,
        least: usize,
    ) -> Res<(NonNull<u8>, usize)> {
        // SAFETY: the block has `old` bytes, and if it moves, nobody uses the old one any more, as the caller says.
        unsafe {
            let (new, bytes) = self.resized(block, old, wanted, least, Kind::NoScan)?;
            self.free_moved(block, new);
            Ok((new, bytes))
        }
    }

    /// Memory of `wanted` bytes that begins with the `old` bytes at `block`, as far as it has room for them: the same
    /// block, or another one. If there is no memory for so many, the memory has `least` bytes, or a little more than
    /// `old` if that is more. Answers the memory and its length. Bytes gained hold anything; the old block stays.
    ///
    /// A collection may free the memory behind the block, so growing in place is tried again after it.
    ///
    /// # Errors
    /// `MemoryError`.
    ///
    /// # Safety
    /// There are `old` bytes at `block`, and if a heap block begins there, nobody uses the bytes that it loses.
    pub(crate) unsafe fn resized(
        &self,
        block: NonNull<u8>,
        old: usize,
        wanted: usize,
        least: usize,
        kind: Kind,
    ) -> Res<(NonNull<u8>, usize)> {
        // A block that grows bit by bit while memory is short must not cause a collection and a move each time.
        let least = least.max((old + old / PART_TO_GROW).min(wanted));
        let in_place = |bytes| {
            // As in MicroPython, no block grows while the heap is locked, even if there is room behind it.
            let may_grow = bytes <= old || self.heap.lock_depth() == 0;
            // SAFETY: the caller gives up the bytes that the block loses.
            may_grow && bytes > 0 && self.heap.size_of(block) > 0 && unsafe { self.heap.resize(block, bytes) }
        };
        let moved = |new: NonNull<u8>, bytes: usize| {
            // SAFETY: the new block is this long, and the old memory has `old` bytes.
            unsafe { new.copy_from_nonoverlapping(block, old.min(bytes)) };
            (new, bytes)
        };
        if wanted >= LARGE {
            self.note_large(wanted);
        }
        if in_place(wanted) {
            return Ok((block, wanted));
        }
        if let Some(new) = self.heap.alloc(wanted, kind) {
            return Ok(moved(new, wanted));
        }
        self.collect_if_allowed();
        let sizes = [wanted, least];
        for &bytes in &sizes[..if least < wanted { 2 } else { 1 }] {
            if in_place(bytes) {
                return Ok((block, bytes));
            }
            if let Some(new) = self.heap.alloc_anyway(bytes, kind) {
                return Ok(moved(new, bytes));
            }
        }
        Err(self.memory_error(least))
    }

    /// Frees the block `old` if it has moved to `new`.
    ///
    /// # Safety
    /// Nobody uses the block `old` any more, if it is not `new`.
    unsafe fn free_moved(&self, old: NonNull<u8>, new: NonNull<u8>) {
        if old != new {
            // SAFETY: as this function asks of its caller.
            unsafe { self.heap.free(old) }
        }
    }

    /// Frees a block before a collection would.
    ///
    /// # Safety
    /// Nobody uses the block any more, and it has no finaliser.
    pub unsafe fn free<T>(&self, block: NonNull<T>) {
        // SAFETY: this function asks the same of its caller.
        unsafe { self.heap.free(block.cast()) }
    }

    /// Sets whether allocations collect when a collection is due, as `gc.enable()` and `gc.disable()` do.
    pub fn set_collecting(&self, collecting: bool) {
        self.gc_enabled.set(collecting);
    }

    /// Frees the objects that nothing refers to. Dead objects with finalisers are finalised, which may run Python code,
    /// and then freed, too, with what they have kept.
    pub fn collect(&self) {
        clear_stack_below();
        spend_work_on_bytes(self, self.heap.used());
        self.free_dead();
        if finalise_dead(self) {
            self.free_dead();
            finalise_dead(self);
        }
    }

    /// Frees the objects that nothing refers to; frees nothing while the interpreter is not entered, since it is not
    /// known then who holds which objects. Dead objects with finalisers wait for the next look at pending events. If
    /// the machine stack is not visible, the collection waits for a safe point.
    #[inline(never)]
    fn free_dead(&self) {
        if !IS_VISIBLE {
            return collect_at_safe_point(self);
        }
        let high = self.thread.stack_base.get();
        if high == 0 {
            return;
        }
        clear_stack_below();
        with_registers_in_memory(|low| {
            let words = high.saturating_sub(low) / size_of::<usize>();
            // SAFETY: the memory between here and the outermost frame is this thread's stack, and nothing but this
            // function runs on it.
            unsafe { self.free_unreached(low, words) }
        });
    }

    /// Frees what neither the interpreter's state nor the `words` words from `stack` on lead to.
    ///
    /// # Safety
    /// The words can be read and do not change meanwhile, and all objects that are still needed are reached from them
    /// or from the interpreter's state.
    pub(crate) unsafe fn free_unreached(&self, stack: usize, words: usize) {
        // SAFETY: the roots of the interpreter and the words of its machine stacks are kept below.
        let Some(mut collection) = (unsafe { self.heap.collect() }) else { return };
        self.qstrs.keep(&mut collection);
        self.keep_roots(&mut collection);
        self.watchers.keep(&mut collection);
        // SAFETY: this function asks the same of its caller.
        unsafe { collection.scan(core::ptr::with_exposed_provenance(stack), words) };
        self.watchers.clear(&collection);
        #[cfg(berus_tier)]
        self.tier.forget_freed(&collection);
        collection.finish();
        self.forget_cached_lookups();
        self.forget_builtins();
        // A collection takes long, and there may be objects to finalise and watchers to tell.
        poll_soon(self);
    }
}

/// The kind of block that an object lies in.
const fn kind_of<T: Object>() -> Kind {
    const { assert!(align_of::<T>() <= heap::GRANULE) }
    if T::SCAN { Kind::Scan } else { Kind::NoScan }
}
