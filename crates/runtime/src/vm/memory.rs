//! Allocation of objects, and collection with the interpreter's roots.

use core::ptr::NonNull;

use super::Vm;
use crate::error::Res;
use crate::heap::Kind;
use crate::object::{Gc, Object};
use crate::word::Obj;

/// Blocks from this size on count as work, since they are to be filled.
const LARGE: usize = 1024;

/// A slot of a block of words: a value, or null.
pub type Slot = Option<Obj>;

impl Vm {
    /// A block of `bytes` bytes, collecting first if that is due.
    #[inline(always)]
    fn block(&self, bytes: usize, kind: Kind) -> Res<NonNull<u8>> {
        if bytes >= LARGE {
            self.spend_work_on_bytes(bytes);
        }
        match self.heap.alloc(bytes, kind) {
            Some(block) => Ok(block),
            None => self.block_slow(bytes, kind),
        }
    }

    #[cold]
    #[inline(never)]
    fn block_slow(&self, bytes: usize, kind: Kind) -> Res<NonNull<u8>> {
        self.block_after_collection(bytes, kind).ok_or_else(|| self.memory_error(bytes))
    }

    fn block_after_collection(&self, bytes: usize, kind: Kind) -> Option<NonNull<u8>> {
        if self.gc_enabled.get() && self.heap.lock_depth() == 0 {
            self.free_dead();
        }
        self.heap.alloc_anyway(bytes, kind)
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

    /// Makes `object` an object on the heap with `tail` bytes behind it, which hold anything. Where the type is scanned, fill
    /// them before the next allocation.
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
        let block = self.heap.alloc(bytes, kind).or_else(|| self.block_after_collection(bytes, kind))?.cast::<T>();
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

    /// Makes a block from [`alloc_words`](Vm::alloc_words) `new` words long, in place or by moving it. Words that it gains are null.
    ///
    /// # Errors
    /// `MemoryError`; the block is as before.
    ///
    /// # Safety
    /// The block has `old` words and, where it moves, nobody uses the old one any more.
    pub unsafe fn resize_words(&self, block: NonNull<Slot>, old: usize, new: usize) -> Res<NonNull<Slot>> {
        let bytes = new.saturating_mul(size_of::<Slot>());
        // SAFETY: the caller gives up what the block loses.
        unsafe {
            if new > 0 && self.heap.resize(block.cast(), bytes) {
                if new > old {
                    block.add(old).write_bytes(0, new - old);
                }
                return Ok(block);
            }
            let moved = self.alloc_words(new)?;
            moved.copy_from_nonoverlapping(block, old.min(new));
            self.heap.free(block.cast());
            Ok(moved)
        }
    }

    /// Makes a block from [`alloc_bytes`](Vm::alloc_bytes) `new` bytes long, in place or by moving it. Bytes that it gains hold anything.
    ///
    /// # Errors
    /// `MemoryError`; the block is as before.
    ///
    /// # Safety
    /// The block has `old` bytes and, where it moves, nobody uses the old one any more.
    pub unsafe fn resize_bytes(&self, block: NonNull<u8>, old: usize, new: usize) -> Res<NonNull<u8>> {
        // SAFETY: the caller gives up what the block loses.
        unsafe {
            if new > 0 && self.heap.resize(block, new) {
                return Ok(block);
            }
            let moved = self.alloc_bytes(new)?;
            moved.copy_from_nonoverlapping(block, old.min(new));
            self.heap.free(block);
            Ok(moved)
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

    /// Frees what nothing refers to, and has it finalised, which may run Python code.
    pub fn collect(&self) {
        clear_stack_below();
        self.spend_work_on_bytes(self.heap.used());
        self.free_dead();
        self.finalise_dead();
    }

    /// Frees what nothing refers to; nothing where the interpreter is not entered, since nobody knows then who holds what. What is to be finalised
    /// waits for the next look at pending events.
    #[inline(never)]
    fn free_dead(&self) {
        let high = self.thread.stack_base.get();
        if high == 0 {
            return;
        }
        clear_stack_below();
        with_registers_in_memory(|low| {
            let Some(mut collection) = self.heap.collect() else { return };
            self.qstrs.keep(&mut collection);
            self.keep_roots(&mut collection);
            self.watchers.keep(&mut collection);
            if high > low {
                let words = (high - low) / size_of::<usize>();
                // SAFETY: the memory between here and the outermost frame is this thread's stack, and nothing but this
                // function runs on it.
                unsafe { collection.scan(core::ptr::with_exposed_provenance(low), words) };
            }
            self.watchers.clear(&collection);
            collection.finish();
        });
        self.forget_cached_lookups();
        self.forget_builtins();
        // That took long, and there may be something to finalise or somebody to be told.
        self.poll_soon();
    }
}

/// The kind of block that an object lies in.
const fn kind_of<T: Object>() -> Kind {
    const { assert!(align_of::<T>() <= crate::heap::GRANULE) }
    if T::SCAN { Kind::Scan } else { Kind::NoScan }
}

/// Overwrites what functions that have returned have left on the machine stack, since frames that come to lie over it may have words
/// that they do not write to, and so would seem to refer to objects: for as long as a program runs, or for a collection.
#[inline(never)]
pub(crate) fn clear_stack_below() {
    let mut left = [0usize; 256];
    core::hint::black_box(&mut left);
}

/// Calls `run` with an address of the machine stack above which lie all registers that the caller may hold values in.
#[inline(never)]
pub(crate) fn with_registers_in_memory<R>(run: impl FnOnce(usize) -> R) -> R {
    let mut registers = [0usize; 12];
    save_registers(&mut registers);
    let low = (&raw mut registers).expose_provenance();
    let result = run(low & !(size_of::<usize>() - 1));
    // The array must be in memory while `run` is active.
    core::hint::black_box(&mut registers);
    result
}

/// Stores the registers that a function must leave as they are; others are on the stack already where they are needed later.
#[inline(always)]
fn save_registers(registers: &mut [usize; 12]) {
    let at = registers.as_mut_ptr();
    // SAFETY: the instructions store into the array, which has room for twelve words.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        core::arch::asm!(
            "mov [{0}], rbx", "mov [{0} + 8], rbp", "mov [{0} + 16], r12",
            "mov [{0} + 24], r13", "mov [{0} + 32], r14", "mov [{0} + 40], r15",
            in(reg) at, options(nostack, preserves_flags)
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        core::arch::asm!(
            "stp x19, x20, [{0}]", "stp x21, x22, [{0}, #16]", "stp x23, x24, [{0}, #32]",
            "stp x25, x26, [{0}, #48]", "stp x27, x28, [{0}, #64]", "str x29, [{0}, #80]",
            in(reg) at, options(nostack, preserves_flags)
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "arm")]
    unsafe {
        core::arch::asm!(
            "str r4, [{0}]", "str r5, [{0}, #4]", "str r6, [{0}, #8]", "str r7, [{0}, #12]",
            "mov {1}, r8", "str {1}, [{0}, #16]", "mov {1}, r9", "str {1}, [{0}, #20]",
            "mov {1}, r10", "str {1}, [{0}, #24]", "mov {1}, r11", "str {1}, [{0}, #28]",
            in(reg) at, out(reg) _, options(nostack, preserves_flags)
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        core::arch::asm!(
            "sw s0, 0({0})", "sw s1, 4({0})", "sw s2, 8({0})", "sw s3, 12({0})", "sw s4, 16({0})", "sw s5, 20({0})",
            "sw s6, 24({0})", "sw s7, 28({0})", "sw s8, 32({0})", "sw s9, 36({0})", "sw s10, 40({0})", "sw s11, 44({0})",
            in(reg) at, options(nostack, preserves_flags)
        );
    }
    core::hint::black_box(at);
}
