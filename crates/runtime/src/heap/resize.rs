//! Changing a block's size where it is, and freeing it before a collection would.

use core::ptr::NonNull;

use crate::heap::allocate::{STEP, block_size, clear_slack};
use crate::heap::arena::{Arena, GRANULE, Span};
use crate::heap::{Heap, Kind};

impl Heap {
    /// As [`alloc`](Heap::alloc), with all of the block zero.
    #[inline]
    pub fn alloc_zeroed(&self, bytes: usize, kind: Kind) -> Option<NonNull<u8>> {
        let block = self.alloc(bytes, kind)?;
        // SAFETY: the block was just allocated and has at least `bytes` bytes.
        unsafe { block.write_bytes(0, bytes) };
        Some(block)
    }

    /// Makes a block larger or smaller without moving it, or answers false if there is not enough free memory behind
    /// the block. What a block of kind [`Scan`](Kind::Scan) gains is zero, and so is what rounding up to granules adds.
    /// Never moves the block and never fails to make one smaller.
    ///
    /// # Safety
    ///
    /// A block begins at `block`, and nobody uses the bytes that it loses.
    pub unsafe fn resize(&self, block: NonNull<u8>, bytes: usize) -> bool {
        let start = block.as_ptr().addr();
        let (Some(size), Some(arena)) = (block_size(bytes), self.arena_of(start)) else {
            return false;
        };
        let old = Span { start, end: self.block_end(arena, start) };
        let new = Span { start, end: start + size };
        if new.end < old.end {
            self.shrink(arena, old, new);
        } else if new.end > old.end && !self.grow(arena, old, new) {
            return false;
        }
        if arena.kind_of(start) == Kind::Scan {
            // SAFETY: the block is `size` bytes now, those from the old end on new, and the caller gave up those
            // above `bytes`.
            unsafe {
                if new.end > old.end {
                    block.add(old.len()).write_bytes(0, new.end - old.end);
                }
                clear_slack(block.as_ptr(), bytes, size);
            }
        }
        true
    }

    fn shrink(&self, arena: &Arena, old: Span, new: Span) {
        if self.run.is_last(old) && self.run.move_bump(new.end) {
            arena.clear(Span { start: new.end, end: old.end });
        } else {
            arena.set_free(new.end);
        }
    }

    fn grow(&self, arena: &Arena, old: Span, new: Span) -> bool {
        if self.is_closed() {
            return false;
        }
        if self.run.is_last(old) && self.run.move_bump(new.end) {
            return true;
        }
        let more = new.end - old.end;
        let Some(free) = self.free_behind(arena, old.end, more) else {
            return false;
        };
        self.take(arena, free, more);
        arena.link(new, old.end);
        self.pace.charge(more);
        true
    }

    /// The free memory at an address where a block ends, if it has at least `least` bytes.
    fn free_behind(&self, arena: &Arena, end: usize, least: usize) -> Option<Span> {
        let may_touch = self.may_touch(least.saturating_add(STEP));
        if end == arena.used().end {
            if !may_touch {
                return None;
            }
            return self.extend(arena, end, least);
        }
        if self.run.rest().start == end {
            self.retire_run();
        }
        if !arena.is_free(end) {
            return None;
        }
        match arena.find_free(end, least, least + GRANULE, self.run.rest(), may_touch) {
            Ok(free) => (free.start == end).then_some(free),
            Err(tail) if tail == end && may_touch => self.extend(arena, tail, least),
            Err(_) => None,
        }
    }

    /// Frees a block. Its memory may be allocated again at once.
    ///
    /// # Safety
    ///
    /// A block without finaliser begins at `block`, and nobody uses that block any more.
    pub unsafe fn free(&self, block: NonNull<u8>) {
        let start = block.as_ptr().addr();
        let Some(arena) = self.arena_of(start) else {
            return;
        };
        if self.run.holds(start) {
            let old = Span { start, end: self.block_end(arena, start) };
            if self.run.is_last(old) && self.run.move_bump(start) {
                arena.clear(old);
                return;
            }
        }
        arena.set_free(start);
    }
}
