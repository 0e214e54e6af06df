//! When a collection is due.
//!
//! Each collection grants a budget of bytes that may be allocated until the next. Memory is charged when a run is
//! begun, not for each block, so that the quick path of allocation has nothing to count.

use core::cell::Cell;

use crate::heap::Heap;

/// How much may be allocated between two collections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacing {
    /// At least this many bytes.
    pub minimum: usize,
    /// At least this many per cent of the bytes that the last collection left alive.
    pub percent: usize,
}

impl Pacing {
    /// As much as fits: collect only when memory runs out.
    pub const WHEN_FULL: Pacing = Pacing { minimum: usize::MAX, percent: 0 };
}

impl Default for Pacing {
    /// For a heap that grows: as much as is alive, and not less than collecting is worth.
    fn default() -> Self {
        Pacing { minimum: if usize::BITS >= 64 { 4 << 20 } else { 256 << 10 }, percent: 100 }
    }
}

/// The state of the budget.
pub(super) struct Pace {
    pacing: Cell<Pacing>,
    threshold: Cell<Option<usize>>,
    /// Bytes that were alive after the last collection.
    alive: Cell<usize>,
    /// The most bytes that were in use at the beginning of a collection.
    peak: Cell<usize>,
    /// Bytes charged in all.
    total: Cell<usize>,
    granted: Cell<usize>,
    spent: Cell<usize>,
    /// Whether memory ran out before the budget did.
    full: Cell<bool>,
    stress: Cell<bool>,
    /// How many allocations succeed before one that fails; `None` if none is to fail.
    failing: Cell<Option<usize>>,
}

impl Pace {
    pub fn new(pacing: Pacing) -> Pace {
        Pace {
            pacing: Cell::new(pacing),
            threshold: Cell::new(None),
            alive: Cell::new(0),
            peak: Cell::new(0),
            total: Cell::new(0),
            granted: Cell::new(pacing.minimum),
            spent: Cell::new(0),
            full: Cell::new(false),
            stress: Cell::new(false),
            failing: Cell::new(None),
        }
    }

    fn grant(&self) {
        let Pacing { minimum, percent } = self.pacing.get();
        let share = (self.alive.get() / 100).saturating_mul(percent);
        self.granted.set(share.max(minimum).min(self.threshold.get().unwrap_or(usize::MAX)));
    }

    /// Grants a new budget after a collection.
    pub fn renew(&self, alive: usize) {
        self.peak.set(self.peak.get().max(self.alive.get().saturating_add(self.spent.get())));
        self.alive.set(alive);
        self.spent.set(0);
        self.full.set(false);
        self.grant();
    }

    /// Bytes that are left of the budget.
    pub fn left(&self) -> usize {
        if self.stress.get() { 0 } else { self.granted.get().saturating_sub(self.spent.get()) }
    }

    /// Bytes of blocks, those that have died since the last collection among them.
    pub fn in_use(&self) -> usize {
        self.alive.get().saturating_add(self.spent.get())
    }

    pub fn charge(&self, bytes: usize) {
        self.spent.set(self.spent.get().saturating_add(bytes));
        self.total.set(self.total.get().wrapping_add(bytes));
    }

    pub fn refund(&self, bytes: usize) {
        self.spent.set(self.spent.get().saturating_sub(bytes));
        self.total.set(self.total.get().wrapping_sub(bytes));
    }

    pub fn note_full(&self) {
        self.full.set(true);
    }

    pub fn stress(&self) -> bool {
        self.stress.get()
    }

    /// Counts an allocation under stress; answers whether it is the one that fails.
    pub fn fails(&self) -> bool {
        let left = self.failing.get();
        self.failing.set(left.and_then(|left| left.checked_sub(1)));
        left == Some(0)
    }
}

impl Heap {
    /// Whether a collection is due: the budget is spent, or memory ran out at the last [`alloc`](Heap::alloc). An
    /// owner that cannot collect while it allocates asks this where it can.
    pub fn is_due(&self) -> bool {
        self.pace.full.get() || self.pace.left() == 0
    }

    /// Bytes of all blocks ever allocated.
    pub fn allocated_in_all(&self) -> usize {
        self.pace.total.get().wrapping_sub(self.run.rest().len())
    }

    /// The most bytes that blocks have taken at one time, of the times at which collections began and of now.
    pub fn peak(&self) -> usize {
        self.pace.peak.get().max(self.used())
    }

    /// Sets how much may be allocated between two collections.
    pub fn set_pacing(&self, pacing: Pacing) {
        self.pace.pacing.set(pacing);
        self.rebudget();
    }

    /// The bytes after whose allocation a collection is due in any case; the meaning of `gc.threshold()`. `None`, the
    /// default: [`Pacing`] alone decides.
    pub fn threshold(&self) -> Option<usize> {
        self.pace.threshold.get()
    }

    /// Sets the [`threshold`](Heap::threshold).
    pub fn set_threshold(&self, bytes: Option<usize>) {
        self.pace.threshold.set(bytes);
        self.rebudget();
    }

    fn rebudget(&self) {
        self.retire_run();
        self.pace.grant();
    }

    /// In stress mode a collection is due at every allocation, and overwrites all memory that is free after it: so
    /// a root that the owner forgot shows. For tests.
    pub fn set_stress(&self, stress: bool) {
        self.retire_run();
        self.pace.stress.set(stress);
    }

    /// In stress mode, has the allocation after `after` others fail, as if there were no memory; later allocations
    /// succeed again. For tests.
    pub fn set_failing(&self, after: Option<usize>) {
        self.pace.failing.set(after);
    }

    /// How many allocations are still to succeed before one that fails; `None` if none is to fail.
    pub fn failing(&self) -> Option<usize> {
        self.pace.failing.get()
    }
}
