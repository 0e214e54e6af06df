//! What the heap holds, read from the bitmaps.

use core::ptr::NonNull;

use crate::heap::arena::{Arena, GRANULE};
use crate::heap::bitmap::Group;
use crate::heap::{Heap, Kind};

/// What the heap holds. Garbage counts as used until a collection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Bytes for blocks in all regions.
    pub total: usize,
    /// Bytes of blocks.
    pub used: usize,
    /// Bytes not in blocks: the difference of `total` and `used`.
    pub free: usize,
    /// Bytes that may still be obtained from the source, tables included.
    pub obtainable: usize,
    /// Number of blocks.
    pub blocks: usize,
    /// Number of blocks of one [`GRANULE`].
    pub of_one: usize,
    /// Number of blocks of two granules.
    pub of_two: usize,
    /// Bytes of the largest block.
    pub largest: usize,
    /// Bytes of the largest free memory in one piece.
    pub largest_free: usize,
}

/// A block, or free memory between blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The first byte of the stretch.
    pub start: NonNull<u8>,
    /// The size of the stretch in bytes.
    pub bytes: usize,
    /// The block's kind, or `None` for free memory.
    pub kind: Option<Kind>,
}

impl Heap {
    /// Takes stock of the heap. This takes the time of a look at every block.
    pub fn figures(&self) -> Figures {
        let mut figures = Figures { obtainable: self.allowance.get(), ..Figures::default() };
        for Stretch { bytes, kind, .. } in self.stretches() {
            figures.total += bytes;
            if kind.is_some() {
                figures.used += bytes;
                figures.blocks += 1;
                figures.of_one += usize::from(bytes == GRANULE);
                figures.of_two += usize::from(bytes == 2 * GRANULE);
                figures.largest = figures.largest.max(bytes);
            } else {
                figures.largest_free = figures.largest_free.max(bytes);
            }
        }
        figures.free = figures.total - figures.used;
        figures
    }

    /// Bytes of blocks, as in [`figures`](Heap::figures), in a fraction of the time: 64 granules, or 32, at a time.
    pub fn used(&self) -> usize {
        // The rest of the run is free, but has no bit that says so.
        let rest = self.run.rest();
        let arena = self.arena_of(rest.start);
        if let Some(arena) = arena {
            arena.set_free(rest.start);
        }
        let used = self.arenas().map(|arena| arena.used_bytes(Group::count_free)).sum();
        if let Some(arena) = arena {
            arena.clear(rest);
        }
        used
    }

    /// Bytes for blocks in all regions, used and free.
    pub fn total(&self) -> usize {
        self.arenas().map(|arena| arena.used().len() + arena.untouched()).sum()
    }

    /// Bytes that the heap can come to hold at most, in the regions that it has and in those that it may still obtain.
    pub fn reach(&self) -> usize {
        self.total().saturating_add(self.allowance.get())
    }

    /// All that the heap holds, by rising address within each region.
    pub fn stretches(&self) -> impl Iterator<Item = Stretch> {
        self.arenas().flat_map(|arena| Stretches { heap: self, arena, at: arena.used().start })
    }
}

struct Stretches<'h> {
    heap: &'h Heap,
    arena: &'h Arena,
    at: usize,
}

impl Iterator for Stretches<'_> {
    type Item = Stretch;

    fn next(&mut self) -> Option<Stretch> {
        let (arena, start) = (self.arena, self.at);
        let used = arena.used();
        if start >= used.end + arena.untouched() {
            return None;
        }
        let is_block = used.contains(start) && arena.is_block(start);
        let end = if is_block { self.heap.block_end(arena, start) } else { self.free_end(start) };
        self.at = end;
        let start = NonNull::new(core::ptr::with_exposed_provenance_mut(start))?;
        Some(Stretch {
            start,
            bytes: end - start.as_ptr().addr(),
            kind: is_block.then(|| arena.kind_of(start.as_ptr().addr())),
        })
    }
}

impl Stretches<'_> {
    /// The address of the next block, or the arena's end if no block follows.
    fn free_end(&self, start: usize) -> usize {
        let frontier = self.arena.used().end;
        let end = self.arena.next_block(start);
        if end < frontier { end } else { frontier + self.arena.untouched() }
    }
}
