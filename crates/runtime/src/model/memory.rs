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

/// Blocks from this size on count as work, since they are to be filled.
const LARGE: usize = 1024;

/// A block takes much of the heap if there is no room for so many of its size.
const MUCH: usize = 32;

/// A block that grows does so by at least this part of what it was.
const PART_TO_GROW: usize = 16;

impl Vm {
    /// A block of `bytes` bytes, collecting first if that is due.
    #[inline(always)]
    fn block(&self, bytes: usize, kind: Kind) -> Res<NonNull<u8>> {
        if bytes >= LARGE {
            self.note_large(bytes);
        }
        match self.heap.alloc(bytes, kind) {
            Some(block) => Ok(block),
            None => self.block_slow(bytes, kind),
        }
    }

    /// Notes that a large block is being made. One that takes much of the heap is not to be kept by words that
    /// built-ins leave behind.
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

    /// Frees what nothing refers to, unless the program has said that nothing is to be collected.
    pub(super) fn collect_if_allowed(&self) {
        if self.gc_enabled.get() && self.heap.lock_depth() == 0 {
            self.free_dead();
        }
    }

    /// Makes `object` an object on the heap.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline(always)]
    pub fn alloc<T: Object>(&self, object: T) -> Res<Gc<T>> {
        self.alloc_tail(object, 0)
    }

    /// As [`Vm::alloc_tail`], where that takes no more than moving a pointer; else `None`. Calls nothing.
    #[inline(always)]
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
    #[inline(always)]
    pub fn alloc_tail<T: Object>(&self, object: T, tail: usize) -> Res<Gc<T>> {
        let block = self.block(size_of::<T>().saturating_add(tail), kind_of::<T>())?.cast::<T>();
        // SAFETY: the block is new, aligned to a granule and large enough for a `T`.
        unsafe {
            block.write(object);
            Ok(Gc::from_ptr(block))
        }
    }

    /// As [`Vm::alloc`], for what goes on without the object if there is no memory.
    pub fn try_alloc<T: Object>(&self, object: T) -> Option<Gc<T>> {
        self.try_alloc_tail(object, 0)
    }

    /// As [`Vm::alloc_tail`], for what goes on without the object if there is no memory.
    pub fn try_alloc_tail<T: Object>(&self, object: T, tail: usize) -> Option<Gc<T>> {
        let (bytes, kind) = (size_of::<T>().saturating_add(tail), kind_of::<T>());
        let block = self.try_block(bytes, kind)?.cast::<T>();
        // SAFETY: as in `alloc_tail`.
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
        // SAFETY: the block has room for that many words, and a null word is a zero.
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

    /// As [`Vm::alloc_bytes`], for what goes on with less.
    pub(crate) fn try_alloc_bytes(&self, bytes: usize) -> Option<NonNull<u8>> {
        self.try_block(bytes, Kind::NoScan)
    }

    /// Checks that a block of `bytes` bytes could be had now, before its contents are computed in pieces.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn check_memory(&self, bytes: usize) -> Res<()> {
        let block = self.alloc_bytes(bytes)?;
        // SAFETY: the block is new and nobody knows it.
        unsafe { self.free(block) };
        Ok(())
    }

    /// Makes a block from [`alloc_words`](Vm::alloc_words) `new` words long, in place or by moving it. Words that it
    /// gains are null.
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

    /// As [`Vm::resize_words`]: `wanted` words long, or where there is no memory for that, `least`. Answers which.
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
        // SAFETY: the block has so many bytes, and where it moves, nobody uses it any more. What it gains is made null.
        unsafe {
            let (new, bytes) = self.resized(block.cast(), old, wanted, least, Kind::Scan)?;
            if bytes > old {
                new.add(old).write_bytes(0, bytes - old);
            }
            self.free_moved(block.cast(), new);
            Ok((new.cast(), bytes / size_of::<Slot>()))
        }
    }

    /// Makes a block from [`alloc_bytes`](Vm::alloc_bytes) `new` bytes long, in place or by moving it. Bytes that it
    /// gains hold anything.
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

    /// As [`Vm::resize_bytes`]: `wanted` bytes long, or where there is no memory for that, `least`. Answers which.
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
        // SAFETY: the block has so many bytes, and where it moves, nobody uses it any more.
        unsafe {
            let (new, bytes) = self.resized(block, old, wanted, least, Kind::NoScan)?;
            self.free_moved(block, new);
            Ok((new, bytes))
        }
    }

    /// Memory of `wanted` bytes that begins with the `old` bytes at `block`, as far as it has room for them: the same
    /// block, or another one. Where there is no memory for that, of `least` bytes, or of a little more than `old`.
    /// Answers which. What is gained holds anything; the old block stays.
    ///
    /// A collection may free what lies behind the block, so that it is tried again in place.
    ///
    /// # Errors
    /// `MemoryError`.
    ///
    /// # Safety
    /// There are `old` bytes at `block`, and if a block begins there, nobody uses those that it loses.
    pub(crate) unsafe fn resized(
        &self,
        block: NonNull<u8>,
        old: usize,
        wanted: usize,
        least: usize,
        kind: Kind,
    ) -> Res<(NonNull<u8>, usize)> {
        // What grows bit by bit where memory ends is not to be collected for and moved each time.
        let least = least.max((old + old / PART_TO_GROW).min(wanted));
        let in_place = |bytes| {
            // As in MicroPython, nothing grows while the heap is locked, even where there is room behind it.
            let may_grow = bytes <= old || self.heap.lock_depth() == 0;
            // SAFETY: the caller gives up what the block loses.
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

    /// Frees a block that has moved.
    ///
    /// # Safety
    /// Nobody uses it any more.
    unsafe fn free_moved(&self, old: NonNull<u8>, new: NonNull<u8>) {
        if old != new {
            // SAFETY: as this function asks of its caller.
            unsafe { self.heap.free(old) }
        }
    }

    /// Frees a block before a collection would.
    ///
    /// # Safety
    /// Nobody uses it any more, and it has no finaliser.
    pub unsafe fn free<T>(&self, block: NonNull<T>) {
        // SAFETY: the caller says so.
        unsafe { self.heap.free(block.cast()) }
    }

    /// Has allocations collect where that is due, or never, as `gc.enable()` and `gc.disable()` do.
    pub fn set_collecting(&self, collecting: bool) {
        self.gc_enabled.set(collecting);
    }

    /// Frees what nothing refers to, and has it finalised, which may run Python code. What has been finalised is freed,
    /// too, with what it has kept.
    pub fn collect(&self) {
        clear_stack_below();
        spend_work_on_bytes(self, self.heap.used());
        self.free_dead();
        if finalise_dead(self) {
            self.free_dead();
            finalise_dead(self);
        }
    }

    /// Frees what nothing refers to; nothing where the interpreter is not entered, since nobody knows then who holds
    /// what. What is to be finalised waits for the next look at pending events. Where the machine stack is not visible,
    /// this waits for a safe point.
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
    /// The words can be read and do not change meanwhile, and what else has objects has them in places that the
    /// interpreter's state leads to.
    pub(crate) unsafe fn free_unreached(&self, stack: usize, words: usize) {
        let Some(mut collection) = self.heap.collect() else { return };
        self.qstrs.keep(&mut collection);
        self.keep_roots(&mut collection);
        self.watchers.keep(&mut collection);
        // SAFETY: this function asks it of its caller.
        unsafe { collection.scan(core::ptr::with_exposed_provenance(stack), words) };
        self.watchers.clear(&collection);
        collection.finish();
        self.forget_cached_lookups();
        self.forget_builtins();
        // That took long, and there may be something to finalise or somebody to be told.
        poll_soon(self);
    }
}

/// The kind of block that an object lies in.
const fn kind_of<T: Object>() -> Kind {
    const { assert!(align_of::<T>() <= heap::GRANULE) }
    if T::SCAN { Kind::Scan } else { Kind::NoScan }
}
