//! Blocks with finalisers: blocks whose owner is told before they are freed.
//!
//! The heap keeps a table of such blocks, which is a block itself. A collection that does not reach a block of the
//! table *condemns* it: keeps it and all that it leads to once more, and lists it for the owner, who runs its finaliser
//! at a moment that suits. The block has then left the table, so it is finalised once only, whether its finaliser makes
//! it reachable again or not.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::heap::mark::Marker;
use crate::heap::{Heap, Kind, OutOfMemory};

const WORD: usize = size_of::<usize>();

/// Set in an entry of the table for a condemned block. Blocks are aligned to granules, so the bit is free.
const CONDEMNED: usize = 1;

/// The table: addresses of blocks, in the order of their registration. A zero is an entry that was taken out.
#[derive(Default)]
pub(super) struct Finalisers {
    table: Cell<Option<NonNull<Cell<usize>>>>,
    capacity: Cell<usize>,
    len: Cell<usize>,
    condemned: Cell<usize>,
    /// The index of an entry of the table from which on no block is condemned.
    end: Cell<usize>,
}

impl Finalisers {
    fn entries(&self) -> &[Cell<usize>] {
        match self.table.get() {
            // SAFETY: `reserve_finalisers` made the table at least `len` entries long, and collections keep the table.
            Some(table) => unsafe { core::slice::from_raw_parts(table.as_ptr(), self.len.get()) },
            None => &[],
        }
    }

    /// Keeps the table, and the blocks condemned but not yet finalised.
    pub fn mark(&self, marker: &mut Marker<'_>) {
        if let Some(table) = self.table.get() {
            marker.word(table.as_ptr().addr());
        }
        self.mark_condemned(marker);
    }

    fn mark_condemned(&self, marker: &mut Marker<'_>) {
        if self.condemned.get() > 0 {
            for entry in self.entries().iter().filter(|entry| entry.get() & CONDEMNED != 0) {
                marker.word(entry.get());
            }
        }
    }

    /// Condemns and keeps the blocks that are dead, all of them before any is kept: those that only other condemned
    /// blocks lead to are condemned too.
    pub fn condemn(&self, marker: &mut Marker<'_>, is_dead: impl Fn(usize) -> bool) {
        self.compact();
        for entry in self.entries() {
            let block = entry.get();
            if block & CONDEMNED == 0 && is_dead(block) {
                entry.set(block | CONDEMNED);
                self.condemned.set(self.condemned.get() + 1);
            }
        }
        self.mark_condemned(marker);
    }

    /// Closes the gaps in the table.
    fn compact(&self) {
        let entries = self.entries();
        let mut len = 0;
        for entry in entries.iter().filter(|entry| entry.get() != 0) {
            entries[len].set(entry.get());
            len += 1;
        }
        self.len.set(len);
        self.end.set(len);
    }
}

impl Heap {
    /// Asks that a block be listed by [`next_to_finalise`](Heap::next_to_finalise) before it is freed, once. Do not
    /// ask twice for one block, and do not [`free`](Heap::free) it before
    /// [`cancel_finaliser`](Heap::cancel_finaliser).
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`] if the table of finalisers cannot grow.
    pub fn set_finaliser(&self, block: NonNull<u8>) -> Result<(), OutOfMemory> {
        let finalisers = &self.finalisers;
        let len = finalisers.len.get();
        if len == finalisers.capacity.get() {
            self.reserve_finalisers(len + 1)?;
        }
        let table = finalisers.table.get().ok_or(OutOfMemory)?;
        // SAFETY: the table has room for more than `len` entries.
        unsafe { table.add(len).write(Cell::new(block.as_ptr().addr())) };
        finalisers.len.set(len + 1);
        Ok(())
    }

    /// Makes room in the table for `count` entries.
    fn reserve_finalisers(&self, count: usize) -> Result<(), OutOfMemory> {
        let finalisers = &self.finalisers;
        let bytes = count.checked_mul(2 * WORD).ok_or(OutOfMemory)?;
        let old = finalisers.table.get();
        // SAFETY: the table is a block, and loses no bytes since it grows.
        if !old.is_some_and(|table| unsafe { self.resize(table.cast(), bytes) }) {
            let new = self.alloc_anyway(bytes, Kind::NoScan).ok_or(OutOfMemory)?.cast::<Cell<usize>>();
            if let Some(old) = old {
                // SAFETY: the new block is longer than the table, which nobody uses any more.
                unsafe {
                    new.copy_from_nonoverlapping(old, finalisers.len.get());
                    self.free(old.cast());
                }
            }
            finalisers.table.set(Some(new));
        }
        finalisers.capacity.set(2 * count);
        Ok(())
    }

    /// Takes back [`set_finaliser`](Heap::set_finaliser). Looks through all blocks with finalisers. False if the block
    /// has no finaliser, or its finaliser is due or done.
    pub fn cancel_finaliser(&self, block: NonNull<u8>) -> bool {
        let entry = self.finalisers.entries().iter().find(|entry| entry.get() == block.as_ptr().addr());
        if let Some(entry) = entry {
            entry.set(0);
        }
        entry.is_some()
    }

    /// The next of the blocks that died with a finaliser, youngest registration first: what was made later may need
    /// what was made before, as a file does its file system. The heap does not keep the block any longer: the caller
    /// holds and finalises it.
    pub fn next_to_finalise(&self) -> Option<NonNull<u8>> {
        let finalisers = &self.finalisers;
        if finalisers.condemned.get() == 0 {
            return None;
        }
        let entries = finalisers.entries().get(..finalisers.end.get())?;
        let last = entries.iter().rposition(|entry| entry.get() & CONDEMNED != 0)?;
        let block = entries[last].take() & !CONDEMNED;
        finalisers.end.set(last);
        finalisers.condemned.set(finalisers.condemned.get() - 1);
        NonNull::new(core::ptr::with_exposed_provenance_mut(block))
    }

    /// Whether [`next_to_finalise`](Heap::next_to_finalise) has a block to give.
    #[inline]
    pub fn has_to_finalise(&self) -> bool {
        self.finalisers.condemned.get() > 0
    }

    /// Lists all blocks with finalisers as if they had died, for the end of the program.
    pub fn finalise_all(&self) {
        self.finalisers.compact();
        for entry in self.finalisers.entries() {
            entry.set(entry.get() | CONDEMNED);
        }
        self.finalisers.condemned.set(self.finalisers.len.get());
    }
}
