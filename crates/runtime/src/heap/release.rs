//! Regions that go back to their source while the heap is in use.
//!
//! Where the heap and what is allocated outside of it share the memory of a machine, a program that has filled the heap
//! once would leave nothing for what comes later: a source that is compiled, the stack of a thread. So who finds no
//! memory outside has the heap give back the regions that no block is in.

use crate::heap::Heap;
use crate::heap::arena::Span;

impl Heap {
    /// Whether regions go back while the heap is in use: those of a source that gives no pages back.
    pub fn can_release(&self) -> bool {
        self.source.is_some_and(|source| source.page_size().is_none())
    }

    /// Gives all regions back to the source that no block is in; dead blocks count until a collection has freed them.
    /// Answers whether there was such a region.
    ///
    /// ```
    /// # use berus_runtime::heap::{GlobalRegions, Heap, Kind};
    /// let heap = Heap::growing(&GlobalRegions, 1 << 20);
    /// let block = heap.alloc(40, Kind::NoScan).unwrap();
    /// assert!(!heap.release_empty());
    /// // SAFETY: nobody uses the block.
    /// unsafe { heap.free(block) };
    /// assert_eq!(heap.release_empty(), heap.can_release());
    /// ```
    pub fn release_empty(&self) -> bool {
        let Some(source) = self.source.filter(|_| self.can_release() && !self.collecting.get()) else { return false };
        self.retire_run();
        // A search may have been about to go on in such a region.
        self.rewind();
        let (mut link, mut bounds, mut bytes) = (&self.arenas, Span::default(), 0);
        while let Some(next) = link.get() {
            let arena = self.arena(next);
            if arena.obtained.get() && arena.is_empty() {
                link.set(arena.next.get());
                let region = arena.region;
                bytes += region.bytes;
                // SAFETY: the source lent the region, no block is in it, and the heap knows it no more.
                unsafe { source.release(region) }
            } else {
                bounds = bounds.around(arena.used());
                link = &arena.next;
            }
        }
        self.bounds.set(bounds);
        self.allowance.set(self.allowance.get() + bytes);
        bytes > 0
    }
}
