//! What a slice selects of a sequence.

/// Which items of a sequence a slice selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The first one.
    pub start: usize,
    /// How many.
    pub len: usize,
    /// From one to the next.
    pub step: isize,
}

impl Bounds {
    /// The index of item number `number` of the selection.
    pub fn at(&self, number: usize) -> usize {
        self.start.wrapping_add_signed(self.step.wrapping_mul(number as isize))
    }
}
