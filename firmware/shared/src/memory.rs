//! The memory of a board, which its crate shares out.

use core::alloc::Layout;
use core::cell::Cell;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering};

use berus_runtime::heap::{Region, RegionSource};
use critical_section::Mutex;
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

/// Memory beside the one that was given, which a heap for Python objects takes first.
static BESIDE: Mutex<Cell<Option<Beside>>> = Mutex::new(Cell::new(None));

#[derive(Clone, Copy)]
struct Beside {
    region: Region,
    is_taken: bool,
}

// SAFETY: the memory was given away for good, to whichever context takes it.
unsafe impl Send for Beside {}

/// Gives the heap for Python objects memory beside what [`give`] was given, which it takes before anything of that:
/// memory from which the processor fetches no instructions, for example.
pub fn give_beside(memory: &'static mut [MaybeUninit<usize>]) {
    let bytes = size_of_val(memory);
    let region = Region { start: NonNull::from(memory).cast(), bytes };
    set_beside(Beside { region, is_taken: false });
}

fn beside() -> Option<Beside> {
    critical_section::with(|section| BESIDE.borrow(section).get())
}

fn set_beside(beside: Beside) {
    critical_section::with(|section| BESIDE.borrow(section).set(Some(beside)));
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
    /// Bytes that a heap and what else is allocated from now on may come to.
    pub fn room(&self) -> usize {
        let beside = beside().filter(|beside| !beside.is_taken).map_or(0, |beside| beside.region.bytes);
        ALLOCATOR.free() + beside
    }

    /// What a heap is given at once: an eighth of the memory that Rust allocates from.
    fn share(&self) -> usize {
        GIVEN.load(Ordering::Relaxed) / 8 & !7
    }

    fn layout(bytes: usize) -> Option<Layout> {
        Layout::from_size_align(bytes, size_of::<usize>()).ok().filter(|layout| layout.size() > 0)
    }
}

// SAFETY: the allocator's memory is the caller's alone until it is freed, and the layout asks for a word's alignment.
unsafe impl RegionSource for Shares {
    fn obtain(&self, least: usize, most: usize) -> Option<Region> {
        if let Some(Beside { region, is_taken: false }) = beside()
            && (least..=most).contains(&region.bytes)
        {
            set_beside(Beside { region, is_taken: true });
            return Some(region);
        }
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
        if beside().is_some_and(|beside| beside.region == region) {
            return set_beside(Beside { region, is_taken: false });
        }
        if let Some(layout) = Shares::layout(region.bytes) {
            // SAFETY: the caller says that `obtain` returned this region, so it has this layout.
            unsafe { alloc::alloc::dealloc(region.start.as_ptr(), layout) }
        }
    }
}
