//! Memory that the process has of the system, and how it goes back.
//!
//! Where a page costs nothing until it is touched, it costs from then on, also when its blocks are dead or when the
//! program's allocator keeps what was freed. So a heap full of garbage and a large source that is compiled beside it
//! would together take twice the limit. Before they do, free memory goes back to the system: what the allocator holds,
//! then pages without blocks. A group of bits notes that its memory is absent (`bitmap.rs`), allocation notes that it
//! comes back, and while the limit leaves no room for that, allocates from what is present.

use core::cell::Cell;

use crate::heap::Heap;
use crate::heap::arena::{Arena, GRANULE, GROUP_BYTES, Span};
use crate::heap::region::RegionSource;

/// How many bytes the heap and the memory beside it may take beyond the limit until free memory goes back. A heap whose
/// limit is not larger never gives any back, but under stress.
const BEYOND: usize = 1 << 20;

/// Whether there are sources that take pages back.
const IS_POSSIBLE: bool = cfg!(feature = "std");

/// What of the heap's memory the system has.
#[derive(Default)]
pub(super) struct Resident {
    /// The unit in which memory goes back, in bytes: whole pages and whole groups. `None` if the source takes none.
    page: Option<usize>,
    /// Bytes below the arenas' frontiers that the system has.
    absent: Cell<usize>,
}

impl Resident {
    pub fn new(source: Option<&'static dyn RegionSource>) -> Resident {
        let page = source.and_then(RegionSource::page_size);
        Resident { page: page.map(|page| page.max(GROUP_BYTES)), absent: Cell::new(0) }
    }

    fn page(&self) -> Option<usize> {
        if IS_POSSIBLE { self.page } else { None }
    }
}

impl Heap {
    /// Bytes of the heap's memory that were touched and that the system does not have.
    pub fn resident(&self) -> usize {
        self.arenas().map(Arena::touched).sum::<usize>().saturating_sub(self.resident.absent.get())
    }

    /// Whether the heap may touch `bytes` bytes of new memory.
    pub(super) fn may_touch(&self, bytes: usize) -> bool {
        self.fits_beside(bytes, self.outside.held())
    }

    /// Whether the limit leaves room for `more` bytes of the heap that are not touched yet beside `outside` bytes.
    fn fits_beside(&self, more: usize, outside: usize) -> bool {
        let (Some(_), Some(limit)) = (self.resident.page(), self.outside.limit()) else { return true };
        let beyond = if self.pace.stress() { 0 } else { BEYOND };
        outside <= beyond
            || self.resident().saturating_add(more).saturating_add(outside) <= limit.saturating_add(beyond)
    }

    /// Gives free memory back if need be, so that the limit leaves room for `more` bytes of the heap that are not
    /// touched yet beside `outside` bytes. False if there is too little.
    pub(super) fn make_room(&self, more: usize, outside: usize) -> bool {
        let fits = || self.fits_beside(more, outside.max(self.outside.held()));
        let (Some(source), false) = (self.source, fits()) else { return true };
        if self.outside.forget_freed() {
            source.trim();
        }
        fits() || {
            self.discard(source);
            fits()
        }
    }

    /// Gives back all pages without blocks.
    fn discard(&self, source: &dyn RegionSource) {
        let Some(page) = self.resident.page().filter(|_| !self.collecting.get()) else { return };
        self.retire_run();
        // Free memory that a search was to go on in the middle of has no such place any more.
        self.rewind();
        for arena in self.arenas().filter(|arena| arena.obtained.get()) {
            let mut from = arena.used().start;
            while let Ok(free) = arena.find_free(from, page, usize::MAX, Span::default(), true) {
                from = free.end;
                // The granule in which free memory begins says so, and stays.
                let pages = Span { start: (free.start + GRANULE).next_multiple_of(page), end: free.end / page * page };
                if pages.start < pages.end
                    && self.note_absent(arena, pages, true) > 0
                    && let Some(pages) = pages.region()
                {
                    // SAFETY: the pages belong to no block and no run, and lie in a region that the source lent.
                    unsafe { source.discard(pages) };
                }
            }
        }
    }

    /// Takes the first `bytes` bytes of the free memory `free` from an arena, and answers their span.
    pub(super) fn take(&self, arena: &Arena, free: Span, bytes: usize) -> Span {
        if let Some(page) = self.resident.page()
            && self.resident.absent.get() > 0
        {
            // The granule behind begins what stays free.
            let end = free.end.min(free.start + bytes + GRANULE);
            self.note_absent(arena, arena.groups_of(free.start / page * page, end.next_multiple_of(page)), false);
        }
        arena.take(free, bytes)
    }

    /// Notes of whole groups whether the system has their memory. Answers the bytes that have changed hands.
    fn note_absent(&self, arena: &Arena, span: Span, absent: bool) -> usize {
        let bytes = arena.set_absent(span, absent);
        let before = self.resident.absent.get();
        self.resident.absent.set(if absent { before + bytes } else { before.saturating_sub(bytes) });
        bytes
    }
}
