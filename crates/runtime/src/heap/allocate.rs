//! Allocation: small blocks by moving a pointer through a run of free memory, others each in the first free memory
//! that fits.
//!
//! The search for free memory goes on where the last one ended, for small and other blocks apart, so that looking for
//! much memory does not pass over the little holes that small blocks fill. A collection sets both searches back to the
//! start.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::heap::arena::{Arena, GRANULE, GROUP_BYTES, Span, bit_number};
use crate::heap::bitmap::Group;
use crate::heap::{Heap, Kind};

/// Blocks up to this size begin a new run when the current one has no room for them. For a larger one memory is
/// searched, so that what is left of the run is not wasted.
const SMALL: usize = 2 * GRANULE;

/// Blocks larger than [`SMALL`], up to this size, begin a new run only when so many of them have passed the current run
/// by that the waste is little.
const MEDIUM: usize = 16 * GRANULE;
const LITTLE: usize = 8;

/// Most memory that a run takes at once. It bounds the free memory that other blocks cannot use meanwhile.
const RUN_MAX: usize = 32 * GROUP_BYTES;

/// By how much an arena's frontier moves at least.
pub(super) const STEP: usize = RUN_MAX;

/// Where a search goes on: an arena and an address in it, or `None` for the start of the first arena.
type Cursor = Cell<Option<(NonNull<Arena>, usize)>>;

/// A cursor for each class of block.
#[derive(Default)]
pub(super) struct Cursors([Cursor; 10]);

impl Cursors {
    /// The cursor of a block's class. The cursor of small blocks is the first, and all of the greatest sizes share the
    /// last.
    fn of(&self, size: usize) -> &Cursor {
        let class = (size / SMALL).checked_ilog2().map_or(0, |class| class as usize + usize::from(size > SMALL));
        &self.0[class.min(self.0.len() - 1)]
    }

    fn reset(&self) {
        self.0.iter().for_each(|cursor| cursor.set(None));
    }
}

/// Memory in which blocks are allocated one behind the other. The bits of a run are clear from `bump` on, so by its
/// bits this part continues the block before; code that reads bits has to know of the run.
pub(super) struct Run {
    start: Cell<usize>,
    bump: Cell<*mut u8>,
    end: Cell<usize>,
    /// Bytes of the blocks that the run had no room for since it was begun.
    passed_by: Cell<usize>,
    /// [`Arena::group_zero`] of the run's arena.
    group_zero: Cell<*const Group>,
}

impl Default for Run {
    fn default() -> Self {
        Run {
            start: Cell::new(0),
            bump: Cell::new(core::ptr::null_mut()),
            end: Cell::new(0),
            passed_by: Cell::new(0),
            group_zero: Cell::new(core::ptr::null()),
        }
    }
}

impl Run {
    /// The part of the run that was not given out; the empty span at 0 if nothing is left.
    #[inline]
    pub fn rest(&self) -> Span {
        let rest = Span { start: self.bump.get().addr(), end: self.end.get() };
        if rest.start < rest.end { rest } else { Span::default() }
    }

    /// Notes that a block of `size` bytes passes the run by, and answers whether to give the run up.
    fn is_passed_by(&self, size: usize) -> bool {
        self.passed_by.set(self.passed_by.get() + size);
        self.passed_by.get() / LITTLE >= self.rest().len()
    }

    /// Whether an address lies in the part of the run that was given out.
    pub fn holds(&self, address: usize) -> bool {
        self.start.get() <= address && address < self.bump.get().addr()
    }

    /// Whether `block` is the last block of the run.
    pub fn is_last(&self, block: Span) -> bool {
        block.end == self.bump.get().addr() && block.start >= self.start.get()
    }

    /// Moves the end of the last block to `address` if the run reaches so far.
    pub fn move_bump(&self, address: usize) -> bool {
        let fits = address <= self.end.get();
        if fits {
            self.bump.set(self.bump.get().with_addr(address));
        }
        fits
    }
}

impl Heap {
    /// Allocates a block of at least `bytes` bytes, aligned to [`GRANULE`], or answers `None` if a collection is
    /// due or memory has run out.
    ///
    /// The owner then collects, if it can, and calls [`alloc_anyway`](Heap::alloc_anyway), which fails only if
    /// there is no memory.
    ///
    /// The bytes asked for hold anything. In a block of kind [`Scan`](Kind::Scan) fill them before the next collection:
    /// what is left in the block from before may keep other blocks alive. What rounding up to granules adds is zero in
    /// such a block.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn alloc(&self, bytes: usize, kind: Kind) -> Option<NonNull<u8>> {
        match self.alloc_in_run(bytes, kind) {
            None => self.alloc_slow(bytes, kind),
            block => block,
        }
    }

    /// As [`alloc`](Heap::alloc), but fails only if memory has run out or the heap is locked: for use after a
    /// collection, or where none is possible.
    #[cold]
    #[inline(never)]
    pub fn alloc_anyway(&self, bytes: usize, kind: Kind) -> Option<NonNull<u8>> {
        if self.pace.stress() && self.pace.fails() {
            return None;
        }
        let block = self.allocate(bytes, kind, self.room_inside()).or_else(|| {
            self.retire_run();
            self.rewind();
            self.make_room(bytes.saturating_add(STEP), 0);
            self.allocate(bytes, kind, self.room_inside())
        });
        if self.pace.stress() {
            self.retire_run();
        }
        block
    }

    /// The quick path, for blocks that the run has room for; `None` for others.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn alloc_in_run(&self, bytes: usize, kind: Kind) -> Option<NonNull<u8>> {
        let size = bytes.wrapping_add(GRANULE - 1) & !(GRANULE - 1);
        let bump = self.run.bump.get();
        let room = self.run.end.get() - bump.addr();
        // A size of zero, asked for or by overflow, becomes the greatest number here.
        if size.wrapping_sub(1) >= room {
            return None;
        }
        self.run.bump.set(bump.wrapping_add(size));
        let group = self.run.group_zero.get().wrapping_add(bump.addr() / GROUP_BYTES);
        let bit = 1 << bit_number(bump.addr());
        // SAFETY: the run lies in its arena's memory in use, whose groups are filled in, and the block in the run,
        // which is not at address 0.
        unsafe {
            let group = &*group;
            group.set_start(bit);
            match kind {
                Kind::Scan => clear_slack(bump, bytes, size),
                Kind::NoScan => group.set_leaf(bit),
            }
            Some(NonNull::new_unchecked(bump))
        }
    }

    #[cold]
    #[inline(never)]
    fn alloc_slow(&self, bytes: usize, kind: Kind) -> Option<NonNull<u8>> {
        let block = self.allocate(bytes, kind, self.pace.left().min(self.room_inside()));
        if block.is_none() && !self.is_closed() {
            self.pace.note_full();
        }
        block
    }

    /// Allocates a block if its size is within `budget` bytes.
    fn allocate(&self, bytes: usize, kind: Kind, budget: usize) -> Option<NonNull<u8>> {
        let size = block_size(bytes)?;
        if self.is_closed() || size > budget {
            None
        } else if size <= SMALL || (size <= MEDIUM && self.run.is_passed_by(size)) {
            let bytes = bytes.max(1);
            self.alloc_in_run(bytes, kind).or_else(|| {
                self.begin_run(size, budget)?;
                self.alloc_in_run(bytes, kind)
            })
        } else {
            self.alloc_alone(bytes, size, kind)
        }
    }

    /// Gives the rest of the run back and begins another run with room for `size` bytes.
    fn begin_run(&self, size: usize, budget: usize) -> Option<()> {
        self.retire_run();
        let (arena, free) = self.find(size, RUN_MAX + GRANULE)?;
        let bytes = free.len().min(RUN_MAX).min(budget & !(GRANULE - 1)).max(size);
        let taken = self.take(arena, free, bytes);
        self.cursors.of(size).set(Some((NonNull::from(arena), taken.end)));
        self.pace.charge(bytes);
        self.run.start.set(taken.start);
        self.run.bump.set(core::ptr::with_exposed_provenance_mut(taken.start));
        self.run.end.set(taken.end);
        self.run.passed_by.set(0);
        self.run.group_zero.set(arena.group_zero());
        Some(())
    }

    /// Allocates a block outside the run.
    fn alloc_alone(&self, bytes: usize, size: usize, kind: Kind) -> Option<NonNull<u8>> {
        let (arena, free) = self.find(size, size + GRANULE)?;
        let taken = self.take(arena, free, size);
        self.cursors.of(size).set(Some((NonNull::from(arena), taken.end)));
        self.pace.charge(size);
        arena.set_block(taken.start, kind == Kind::NoScan);
        arena.link(taken, taken.start);
        let block = NonNull::new(core::ptr::with_exposed_provenance_mut(taken.start))?;
        if kind == Kind::Scan {
            // SAFETY: the block has `size` bytes, just taken from free memory.
            unsafe { clear_slack(block.as_ptr(), bytes, size) }
        }
        Some(block)
    }

    /// Gives what is left of the run back as free memory.
    pub(super) fn retire_run(&self) {
        let rest = self.run.rest();
        if rest.len() > 0
            && let Some(arena) = self.arena_of(rest.start)
        {
            arena.set_free(rest.start);
            self.pace.refund(rest.len());
        }
        self.run.bump.set(core::ptr::null_mut());
        self.run.end.set(0);
    }

    /// Lets the searches for free memory begin anew.
    pub(super) fn rewind(&self) {
        self.cursors.reset();
    }

    /// Free memory of at least `least` bytes at or after the cursor of that size. Where there is none, more of an arena
    /// or another region is put to use.
    fn find(&self, least: usize, enough: usize) -> Option<(&Arena, Span)> {
        let may_touch = self.may_touch(least.saturating_add(STEP));
        let (mut arena, mut from) = match (self.cursors.of(least).get(), self.arenas.get()) {
            (Some((arena, from)), _) => (self.arena(arena), from),
            (None, Some(first)) => (self.arena(first), self.arena(first).used().start),
            (None, None) => self.obtain(least)?,
        };
        loop {
            match arena.find_free(from, least, enough, self.run.rest(), may_touch) {
                Ok(free) => return Some((arena, free)),
                Err(_) if !may_touch => {}
                Err(tail) => {
                    if let Some(free) = self.extend(arena, tail, least) {
                        return Some((arena, free));
                    }
                }
            }
            (arena, from) = match arena.next.get() {
                Some(next) => (self.arena(next), self.arena(next).used().start),
                None if may_touch => self.obtain(least)?,
                None => return None,
            };
        }
    }

    /// Puts more of an arena to use. See [`Arena::extend`].
    pub(super) fn extend(&self, arena: &Arena, tail: usize, least: usize) -> Option<Span> {
        let free = arena.extend(tail, least, STEP)?;
        self.bounds.set(self.bounds.get().around(arena.used()));
        Some(free)
    }

    /// Gets another region that can hold a block of `least` bytes, and answers the region's arena and the address of
    /// its first granule.
    fn obtain(&self, least: usize) -> Option<(&Arena, usize)> {
        let source = self.source?;
        let allowed = self.allowance.get();
        let needed = Arena::region_for(least)?;
        if needed > allowed {
            return None;
        }
        let region = source.obtain(needed, allowed)?;
        self.allowance.set(allowed.saturating_sub(region.bytes));
        // SAFETY: the source lends the region to this heap alone until it is released, when the heap is dropped or has no
        // block in it.
        let arena = unsafe { self.add_arena(region) }?;
        arena.obtained.set(true);
        Some((arena, arena.used().start))
    }

    /// Whether no block may be allocated at present.
    pub(super) fn is_closed(&self) -> bool {
        self.locks.get() > 0 || self.collecting.get()
    }
}

/// The size of a block for `bytes` bytes, or `None` if no block can be so large.
#[inline]
pub(super) fn block_size(bytes: usize) -> Option<usize> {
    if bytes > isize::MAX as usize - GRANULE { None } else { Some(bytes.max(1).next_multiple_of(GRANULE)) }
}

/// Sets to zero each word of a block's last granule that the block's first `bytes` bytes do not fill whole.
///
/// # Safety
///
/// `block` points to `size` writable bytes, and `size` is `bytes`, or 1 if that is 0, rounded up to a multiple of
/// [`GRANULE`].
#[cfg_attr(not(feature = "small"), inline(always))]
pub(super) unsafe fn clear_slack(block: *mut u8, bytes: usize, size: usize) {
    const WORD: usize = size_of::<usize>();
    let odd = bytes % GRANULE;
    if odd != 0 || bytes == 0 {
        // SAFETY: the last granule of the block is two words.
        unsafe {
            let last = block.add(size - GRANULE).cast::<usize>();
            last.add(1).write(0);
            if odd < WORD {
                last.write(0);
            }
        }
    }
}
