//! The memory of a board, which its crate shares out.

use core::alloc::Layout;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering};

use berus_runtime::heap::{Region, RegionSource};
use embedded_alloc::LlffHeap;

#[global_allocator]
static ALLOCATOR: LlffHeap = LlffHeap::empty();

/// The memory that was given.
static GIVEN: AtomicUsize = AtomicUsize::new(0);

/// Gives Rust memory to allocate from: for the interpreter's own stacks, for tables while a module is loaded, for
/// machine code, and for Python objects where [`SHARES`] is the source of their heap.
pub fn give(memory: &'static mut [MaybeUninit<u8>]) {
    GIVEN.store(memory.len(), Ordering::Relaxed);
    // SAFETY: the memory is given away for good.
    unsafe { ALLOCATOR.init(memory.as_mut_ptr().addr(), memory.len()) };
}

/// The memory from `start` on, below a machine stack of `stack` bytes that ends at `end`.
///
/// # Safety
/// There is memory from `start` to `end`, which nothing uses but the machine stack, and this is called once.
pub unsafe fn below_stack(start: *mut u8, end: *mut u8, stack: usize) -> &'static mut [MaybeUninit<u8>] {
    let len = end.addr().saturating_sub(start.addr()).saturating_sub(stack);
    // SAFETY: as the caller says.
    unsafe { core::slice::from_raw_parts_mut(start.cast(), len) }
}

/// Rust's memory as the source of a heap that grows: in the end all of it is one heap, of which Python objects take what
/// nothing else does, but for an eighth.
pub static SHARES: Shares = Shares(());

/// See [`SHARES`].
pub struct Shares(());

impl Shares {
    /// Bytes that a heap and all beside it may come to.
    pub fn limit(&self) -> usize {
        GIVEN.load(Ordering::Relaxed)
    }

    /// What a heap is given at once: an eighth of the memory.
    fn share(&self) -> usize {
        self.limit() / 8 & !7
    }

    fn layout(bytes: usize) -> Option<Layout> {
        Layout::from_size_align(bytes, size_of::<usize>()).ok().filter(|layout| layout.size() > 0)
    }
}

// SAFETY: the allocator's memory is the caller's alone until it is freed, and the layout asks for a word's alignment.
unsafe impl RegionSource for Shares {
    fn obtain(&self, least: usize, most: usize) -> Option<Region> {
        // A share is left for what is not in the heap.
        let room = ALLOCATOR.free().saturating_sub(self.share());
        let mut bytes = most.min(self.share()).min(room & !7).max(least);
        if least > room {
            return None;
        }
        loop {
            let layout = Shares::layout(bytes)?;
            // SAFETY: the layout's size is not zero.
            if let Some(start) = NonNull::new(unsafe { alloc::alloc::alloc(layout) }) {
                return Some(Region { start, bytes });
            }
            if bytes == least {
                return None;
            }
            bytes = (bytes / 2).max(least);
        }
    }

    unsafe fn release(&self, region: Region) {
        if let Some(layout) = Shares::layout(region.bytes) {
            // SAFETY: the caller says that `obtain` returned this region, so it has this layout.
            unsafe { alloc::alloc::dealloc(region.start.as_ptr(), layout) }
        }
    }
}
