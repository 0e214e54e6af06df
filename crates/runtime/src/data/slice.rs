//! The items that a slice selects of a sequence.

/// Which items of a sequence a slice selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The index of the first item.
    pub start: usize,
    /// How many items the slice selects.
    pub len: usize,
    /// The distance from the index of an item to the index of the next.
    pub step: isize,
}

impl Bounds {
    /// The index of item number `number` of the selection.
    pub fn at(&self, number: usize) -> usize {
        self.start.wrapping_add_signed(self.step.wrapping_mul(number as isize))
    }
}
