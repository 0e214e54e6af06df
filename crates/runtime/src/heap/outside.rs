//! Memory outside of the heap that counts to the heap's limit: the memory of files while they are read, compiled and
//! loaded, and the stacks of threads; and beside both, machine stacks, which are touched as deep as they are used.

use core::cell::Cell;

use crate::heap::Heap;

/// Memory that is taken bit by bit is looked at so many bytes at a time.
const AHEAD: usize = 1 << 14;

/// The memory taken outside of the heap.
pub(super) struct Outside {
    /// The bytes that blocks and memory outside may come to together; `None` for a heap of fixed regions, beside which
    /// there may be other memory.
    limit: Option<usize>,
    taken: Cell<usize>,
    /// At least the most that was taken since the program's allocator gave back what it held.
    held: Cell<usize>,
    beside: Cell<usize>,
}

impl Outside {
    pub fn new(limit: Option<usize>) -> Outside {
        Outside { limit, taken: Cell::new(0), held: Cell::new(0), beside: Cell::new(0) }
    }

    pub fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// The most bytes that the process may have for what was taken.
    pub fn held(&self) -> usize {
        self.held.get().saturating_add(self.beside.get())
    }

    /// Says that the program's allocator is about to give back what it holds. False if it holds no more than is taken.
    pub fn forget_freed(&self) -> bool {
        self.held.replace(self.taken.get()) > self.taken.get()
    }
}

impl Heap {
    /// Counts `bytes` bytes that are about to be allocated outside of the heap. False if they would go beyond the
    /// heap's limit: then collect and ask again, since all blocks count that the last collection left or that were
    /// allocated since, dead ones included, and so does free memory that cannot go back to the system.
    ///
    /// ```
    /// # use berus_runtime::heap::{GlobalRegions, Heap, Kind};
    /// let heap = Heap::growing(&GlobalRegions, 1 << 20);
    /// assert!(heap.take_outside(1_000_000));
    /// assert!(!heap.take_outside(1_000_000));
    /// assert!(heap.alloc_anyway(500_000, Kind::NoScan).is_none());
    /// heap.give_back_outside(1_000_000);
    /// assert!(heap.alloc_anyway(500_000, Kind::NoScan).is_some());
    /// ```
    pub fn take_outside(&self, bytes: usize) -> bool {
        let taken = self.outside.taken.get().saturating_add(bytes);
        let fits = self.outside.limit.is_none_or(|limit| self.pace.in_use().saturating_add(taken) <= limit)
            && (taken <= self.outside.held.get() || self.hold(taken.saturating_add(AHEAD)) || self.hold(taken));
        if fits {
            self.outside.taken.set(taken);
        }
        fits
    }

    /// Makes room for the process to have `bytes` bytes for what is taken. False if there is too little.
    fn hold(&self, bytes: usize) -> bool {
        let fits = self.make_room(0, bytes.saturating_add(self.outside.beside.get()));
        if fits {
            self.outside.held.set(bytes);
        }
        fits
    }

    /// Says that `bytes` bytes outside are free again.
    pub fn give_back_outside(&self, bytes: usize) {
        self.outside.taken.set(self.outside.taken.get().saturating_sub(bytes));
    }

    /// Counts `bytes` bytes that the system gives when they are touched, if ever, such as a machine stack. They are no
    /// part of what blocks and memory outside share, but what the process has must not go beyond the limit by much.
    /// False if it would: then collect and ask again.
    pub fn take_beside(&self, bytes: usize) -> bool {
        let beside = self.outside.beside.get().saturating_add(bytes);
        let fits = self.make_room(0, self.outside.taken.get().saturating_add(beside));
        if fits {
            self.outside.beside.set(beside);
        }
        fits
    }

    /// Says that `bytes` bytes beside are free again.
    pub fn give_back_beside(&self, bytes: usize) {
        self.outside.beside.set(self.outside.beside.get().saturating_sub(bytes));
    }

    /// Bytes of blocks that may be allocated beside the memory taken outside.
    pub(super) fn room_inside(&self) -> usize {
        match (self.outside.taken.get(), self.outside.limit) {
            (0, _) | (_, None) => usize::MAX,
            (taken, Some(limit)) => limit.saturating_sub(taken).saturating_sub(self.pace.in_use()),
        }
    }
}
