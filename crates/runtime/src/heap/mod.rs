//! Memory for objects: allocation and garbage collection.
//!
//! The heap hands out *blocks* and, in a collection, takes back those that nothing refers to. It knows nothing of
//! objects: any word may be a pointer, and a word that lies anywhere inside a block keeps the block alive. Blocks
//! never move. What a collection starts from, the owner says: precise words, and ranges of memory to look through
//! such as the machine stack.
//!
//! - [`Heap::alloc`] takes the next granules of a run of free memory, which is found in the bitmaps of `bitmap.rs`.
//! - [`Heap::collect`] begins a [`Collection`]: mark from the roots, ask what is still alive, sweep.
//! - [`Heap::alloc`] answers `None` when a collection is due, so the owner allocates in two steps, which that method
//!   describes.
//!
//! A heap is a value; there may be any number. Its memory is one region, or several, of fixed size or from a
//! [`RegionSource`] up to a limit. All its own tables lie in those regions too.

mod ahead;
mod allocate;
mod arena;
mod bitmap;
mod collect;
mod finalise;
mod mark;
mod outside;
mod pace;
mod region;
mod release;
mod resident;
mod resize;
mod stats;

use core::cell::Cell;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use crate::heap::allocate::{Cursors, Run};
pub use crate::heap::arena::GRANULE;
use crate::heap::arena::{Arena, Span};
pub use crate::heap::collect::Collection;
use crate::heap::finalise::Finalisers;
use crate::heap::outside::Outside;
use crate::heap::pace::Pace;
pub use crate::heap::pace::Pacing;
pub use crate::heap::region::{GlobalRegions, Region, RegionSource};
use crate::heap::resident::Resident;
pub use crate::heap::stats::{Figures, Stretch};

/// What a collection does with the words of a block that it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The collection looks at each word, which may be a pointer that keeps another block alive.
    Scan,
    /// The collection ignores the words: they hold no pointers to blocks, or none that shall keep a block alive.
    NoScan,
}

/// The heap cannot give the memory asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

/// A garbage-collected heap. See the [module](self).
pub struct Heap {
    run: Run,
    cursors: Cursors,
    arenas: Cell<Option<NonNull<Arena>>>,
    /// The addresses from the lowest in use to the highest, over all arenas.
    bounds: Cell<Span>,
    source: Option<&'static dyn RegionSource>,
    /// Bytes that may still be obtained from the source.
    allowance: Cell<usize>,
    outside: Outside,
    resident: Resident,
    pace: Pace,
    locks: Cell<usize>,
    collecting: Cell<bool>,
    finalisers: Finalisers,
}

// SAFETY: the heap owns its regions alone, and a source may be used from any thread.
unsafe impl Send for Heap {}

impl Heap {
    /// A heap in memory of fixed size, for example a static array in firmware. It collects when it is full, or as often
    /// as [`set_threshold`](Heap::set_threshold) says. `None` if the region is too small to hold one block and the
    /// heap's tables.
    ///
    /// ```
    /// # use berus_runtime::heap::{Heap, Kind};
    /// let memory = Box::leak(Box::new_uninit_slice(1000));
    /// let heap = Heap::fixed(memory).unwrap();
    /// assert!(heap.alloc(40, Kind::NoScan).is_some());
    /// assert!(heap.alloc(8000, Kind::NoScan).is_none());
    /// ```
    pub fn fixed(region: &'static mut [MaybeUninit<usize>]) -> Option<Heap> {
        let heap = Heap::empty(None, 0, Pacing::WHEN_FULL);
        heap.add_region(region).then_some(heap)
    }

    /// A heap that obtains memory from a source as it needs it, `limit` bytes at most, tables included.
    ///
    /// ```
    /// # use berus_runtime::heap::{GlobalRegions, Heap, Kind};
    /// let heap = Heap::growing(&GlobalRegions, 1 << 20);
    /// assert!(heap.alloc(10_000, Kind::NoScan).is_some());
    /// assert!(heap.alloc_anyway(2_000_000, Kind::NoScan).is_none());
    /// ```
    pub fn growing(source: &'static dyn RegionSource, limit: usize) -> Heap {
        Heap::empty(Some(source), limit, Pacing::default())
    }

    fn empty(source: Option<&'static dyn RegionSource>, limit: usize, pacing: Pacing) -> Heap {
        Heap {
            run: Run::default(),
            cursors: Cursors::default(),
            arenas: Cell::new(None),
            bounds: Cell::default(),
            source,
            allowance: Cell::new(limit),
            outside: Outside::new(source.map(|_| limit)),
            resident: Resident::new(source),
            pace: Pace::new(pacing),
            locks: Cell::new(0),
            collecting: Cell::new(false),
            finalisers: Finalisers::default(),
        }
    }

    /// Gives the heap another region. False if the region is too small to be of use.
    pub fn add_region(&self, region: &'static mut [MaybeUninit<usize>]) -> bool {
        let region = Region { bytes: size_of_val(region), start: NonNull::from(region).cast() };
        // SAFETY: a `'static mut` borrow makes the memory the heap's for good.
        unsafe { self.add_arena(region) }.is_some()
    }

    /// Puts a region to use as the last arena.
    ///
    /// # Safety
    ///
    /// The region is readable and writable, and the heap's alone until the heap is dropped.
    unsafe fn add_arena(&self, region: Region) -> Option<&Arena> {
        // SAFETY: this function asks the same of its caller.
        let new = unsafe { Arena::create(region) }?;
        match self.arenas().last() {
            Some(last) => last.next.set(Some(new)),
            None => self.arenas.set(Some(new)),
        }
        Some(self.arena(new))
    }

    /// The arena behind a pointer that `add_arena` stored.
    #[inline]
    fn arena(&self, arena: NonNull<Arena>) -> &Arena {
        // SAFETY: `add_arena` alone creates arenas, and they stay until the heap is dropped or takes
        // them off its list.
        unsafe { arena.as_ref() }
    }

    #[inline]
    fn arenas(&self) -> impl Iterator<Item = &Arena> {
        let first = self.arenas.get().map(|arena| self.arena(arena));
        core::iter::successors(first, |arena| arena.next.get().map(|next| self.arena(next)))
    }

    /// The arena in which an address in use lies.
    #[inline]
    fn arena_of(&self, address: usize) -> Option<&Arena> {
        self.arenas().find(|arena| arena.used().contains(address))
    }

    /// Whether an address lies in the heap's memory: a quick test that answers true for all blocks, and for little
    /// else.
    #[inline]
    pub fn may_contain(&self, address: usize) -> bool {
        self.bounds.get().contains(address)
    }

    /// The block that a word points to, at its start or anywhere inside it, if there is one. For words that point into
    /// free memory the answer is `None` or a block before that memory.
    pub fn block_of(&self, word: usize) -> Option<NonNull<u8>> {
        if !self.may_contain(word) || self.run.rest().contains(word) {
            return None;
        }
        let start = self.arena_of(word)?.block_at(word)?;
        NonNull::new(core::ptr::with_exposed_provenance_mut(start))
    }

    /// The size of a block in bytes: what was asked for, rounded up to granules. 0 if no block begins at `block`.
    pub fn size_of(&self, block: NonNull<u8>) -> usize {
        let start = block.as_ptr().addr();
        match self.arena_of(start) {
            Some(arena) if arena.is_block(start) => self.block_end(arena, start) - start,
            _ => 0,
        }
    }

    /// Where the block ends that begins at an address.
    fn block_end(&self, arena: &Arena, start: usize) -> usize {
        let end = arena.end_of(start + GRANULE);
        let rest = self.run.rest();
        if start < rest.start && rest.start < end { rest.start } else { end }
    }

    /// Makes allocation fail until as many calls of [`unlock`](Heap::unlock).
    pub fn lock(&self) {
        self.retire_run();
        self.locks.set(self.locks.get().saturating_add(1));
    }

    /// Takes back one call of [`lock`](Heap::lock).
    pub fn unlock(&self) {
        self.locks.set(self.locks.get().saturating_sub(1));
    }

    /// Puts `depth` locks in force, and answers how many were in force before. Each thread locks the heap for itself,
    /// so a change of threads exchanges the locks.
    pub(crate) fn exchange_locks(&self, depth: usize) -> usize {
        if depth > 0 {
            self.retire_run();
        }
        self.locks.replace(depth)
    }

    /// How many locks are in force.
    pub fn lock_depth(&self) -> usize {
        self.locks.get()
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        let Some(source) = self.source else { return };
        let mut next = self.arenas.get();
        while let Some(arena) = next {
            let arena = self.arena(arena);
            let region = arena.region;
            next = arena.next.get();
            // A region that the embedder lent for good is not the source's to take back.
            if arena.obtained.get() {
                // SAFETY: the source lent the region, and the arena in it is not used any more.
                unsafe { source.release(region) }
            }
        }
    }
}
