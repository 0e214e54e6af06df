//! An allocator that counts, and fails when it is told to: it holds code to its word about memory.
//!
//! A test that uses it makes [`Allocator`] its global allocator. All counts are of the thread that asks.
//!
//! ```
//! use berus_testkit::allocator::{Allocator, failing_at, peak_during};
//!
//! #[global_allocator]
//! static ALLOCATOR: Allocator = Allocator;
//!
//! let (_, peak) = peak_during(|| vec![0_u8; 1000]);
//! assert_eq!(peak, 1000);
//! let mut bytes = Vec::<u8>::new();
//! let (result, has_failed) = failing_at(0, || bytes.try_reserve(1));
//! assert!(result.is_err() && has_failed);
//! ```

#![allow(unsafe_code)] // the trait of allocators has no other functions

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, counted.
pub struct Allocator;

thread_local! {
    /// Bytes that this thread has allocated and not freed; less than nothing if it frees what others allocated.
    static NOW: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    /// How many allocations are to succeed before the one that fails.
    static LEFT: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Runs `work`; returns what it returns, and by how many bytes it had more allocated at any time than before.
pub fn peak_during<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = NOW.get();
    PEAK.set(before);
    let result = work();
    (result, PEAK.get().saturating_sub(before) as usize)
}

/// Runs `work`, in which the allocation after `successes` others fails. Returns what it returns, and whether there were so many.
pub fn failing_at<T>(successes: u64, work: impl FnOnce() -> T) -> (T, bool) {
    LEFT.set(Some(successes));
    let result = work();
    (result, LEFT.take().is_none())
}

fn count(change: isize) {
    let now = NOW.get() + change;
    NOW.set(now);
    PEAK.set(PEAK.get().max(now));
}

/// Whether this allocation is the one that fails.
fn fails() -> bool {
    let Some(left) = LEFT.get() else { return false };
    LEFT.set(left.checked_sub(1));
    left == 0
}

// SAFETY: the system's allocator does the work and keeps the contract; counting touches no memory of its blocks and does
// not allocate, as the counters need neither initialisation nor destruction.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if fails() {
            return std::ptr::null_mut();
        }
        count(layout.size() as isize);
        // SAFETY: the caller keeps the contract of this very function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if fails() {
            return std::ptr::null_mut();
        }
        count(layout.size() as isize);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as above; the block came from `System`.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if fails() {
            return std::ptr::null_mut();
        }
        count(new_size as isize - layout.size() as isize);
        // SAFETY: as above; the block came from `System`.
        unsafe { System.realloc(block, layout, new_size) }
    }
}
