//! The memory that compiling may take.

use std::cell::Cell;

use berus_compiler::memory::{Allowance, Grantor};

/// Grants as many bytes as `-X heapsize=` says, or as the system has.
pub(crate) struct Heap {
    allowance: Allowance,
    /// The bytes that were asked for last.
    asked: Cell<usize>,
}

impl Heap {
    /// A heap of `size` bytes; without a size, of all that there are.
    pub fn new(size: Option<usize>) -> Heap {
        Heap { allowance: Allowance::new(size.unwrap_or(usize::MAX)), asked: Cell::new(0) }
    }

    /// The bytes that were asked for last: where compiling has run out of memory, those that were not to be had.
    pub fn asked(&self) -> usize {
        self.asked.get()
    }
}

impl Grantor for Heap {
    fn grant(&self, bytes: usize) -> bool {
        self.asked.set(bytes);
        self.allowance.grant(bytes)
    }

    fn take_back(&self, bytes: usize) {
        self.allowance.take_back(bytes);
    }
}
