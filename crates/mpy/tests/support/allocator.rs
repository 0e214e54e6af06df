//! An allocator that counts, to hold code to its word about memory.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Runs `work`; returns what it returns, and by how many bytes it had more allocated at any time than before.
pub fn peak_during<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = NOW.get();
    PEAK.set(before);
    let result = work();
    (result, PEAK.get().saturating_sub(before) as usize)
}

thread_local! {
    /// Bytes that this thread has allocated and not freed; less than nothing if it frees what others allocated.
    static NOW: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(change: isize) {
    let now = NOW.get() + change;
    NOW.set(now);
    PEAK.set(PEAK.get().max(now));
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: the system's allocator does the work and keeps the contract; counting touches no memory of its blocks and does
// not allocate, as the counters need neither initialisation nor destruction.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller keeps the contract of this very function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as above; the block came from `System`.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // Both blocks may exist for a while.
        count(new_size as isize);
        count(-(layout.size() as isize));
        // SAFETY: as above; the block came from `System`.
        unsafe { System.realloc(block, layout, new_size) }
    }
}
