//! A bound on the accesses to a device, for tests of what must come to an end.

use core::cell::Cell;

/// Accesses that are left.
pub struct Accesses(Cell<u32>);

impl Accesses {
    pub fn new(left: u32) -> Accesses {
        Accesses(Cell::new(left))
    }

    /// Grants that many from now on.
    pub fn grant(&self, accesses: u32) {
        self.0.set(accesses);
    }

    /// Notes one.
    pub fn count(&self) {
        assert_ne!(self.0.get(), 0, "it does not end");
        self.0.set(self.0.get() - 1);
    }
}
