//! A collection, from the roots to the sweep.

use core::ptr::NonNull;

use crate::heap::Heap;
use crate::heap::arena::{GRANULE, Span};
use crate::heap::bitmap::Group;
use crate::heap::mark::Marker;

/// What freed memory is filled with under stress: as a word, an address of no object on a 64-bit machine.
const POISON: u8 = 0xa8;

/// A collection under way.
///
/// First name the roots: [`keep`](Collection::keep) and [`scan`](Collection::scan) mark all that can be reached from
/// them. Then all blocks that can be reached are marked, and [`is_alive`](Collection::is_alive) tells what is about to
/// die, for weak references to be cleared; more may still be kept. [`finish`](Collection::finish) frees the rest.
/// Meanwhile nothing can be allocated.
///
/// A collection that is dropped unfinished frees nothing.
#[must_use = "a collection frees nothing unless it is finished"]
pub struct Collection<'h> {
    heap: &'h Heap,
    marker: Marker<'h>,
}

impl Heap {
    /// Begins a collection. `None` if a collection is under way.
    ///
    /// # Safety
    /// Before the collection is [finished](Collection::finish), [`Collection::keep`] is called with every word that
    /// blocks which are still to be used are reached from.
    pub unsafe fn collect(&self) -> Option<Collection<'_>> {
        if self.collecting.replace(true) {
            return None;
        }
        self.retire_run();
        let mut marker = Marker::new(self);
        self.finalisers.mark(&mut marker);
        Some(Collection { heap: self, marker })
    }

    /// Frees the blocks that are not marked, and answers how many bytes are left in use.
    fn sweep(&self) -> usize {
        self.arenas().map(|arena| arena.used_bytes(Group::sweep)).sum()
    }

    /// Overwrites free memory, so that the use of a block that was freed shows at once.
    fn poison(&self) {
        for arena in self.arenas() {
            let mut from = arena.used().start;
            // What the system has holds nothing.
            while let Ok(free) = arena.find_free(from, GRANULE, usize::MAX, Span::default(), false) {
                // SAFETY: free memory belongs to no block, and to no run either, since the run was retired when the
                // collection began.
                unsafe { core::ptr::with_exposed_provenance_mut::<u8>(free.start).write_bytes(POISON, free.len()) };
                from = free.end;
            }
        }
    }
}

impl Collection<'_> {
    /// Keeps the block that a word points into, if there is one, and all that the block leads to.
    pub fn keep(&mut self, word: usize) {
        self.marker.word(word);
    }

    /// Keeps all that `words` words from `start` on lead to, for example a part of the machine stack.
    ///
    /// # Safety
    ///
    /// The words can be read, and nobody writes to them meanwhile.
    pub unsafe fn scan(&mut self, start: *const usize, words: usize) {
        let start = start.expose_provenance();
        // SAFETY: the caller says that the words can be read.
        unsafe { self.marker.memory(Span { start, end: start + words * size_of::<usize>() }) }
    }

    /// Whether a block has been reached. What is not in the heap counts as alive.
    pub fn is_alive(&self, block: NonNull<u8>) -> bool {
        let address = block.as_ptr().addr();
        let Some(arena) = self.heap.arena_of(address) else {
            return true;
        };
        arena.block_at(address).is_some_and(|start| arena.is_marked(start))
    }

    /// Frees what has not been reached, except blocks with finalisers and what these lead to:
    /// [`Heap::next_to_finalise`] yields such a block, and the collection after that frees it.
    pub fn finish(mut self) {
        self.heap
            .finalisers
            .condemn(&mut self.marker, |block| self.heap.arena_of(block).is_some_and(|arena| !arena.is_marked(block)));
        let used = self.heap.sweep();
        if self.heap.pace.stress() {
            self.heap.poison();
        }
        self.heap.pace.renew(used);
    }
}

impl Drop for Collection<'_> {
    fn drop(&mut self) {
        // After a sweep there are no marked blocks; this is for a collection given up.
        for arena in self.heap.arenas() {
            arena.groups().iter().for_each(|group| group.unmark());
        }
        self.heap.rewind();
        self.heap.collecting.set(false);
    }
}
