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

    #[cfg(feature = "python")]
    /// The same items, from the first to the last of the sequence.
    pub(crate) fn forward(self) -> Bounds {
        match self.step {
            1.. => self,
            _ if self.len == 0 => Bounds { step: 1, ..self },
            step => Bounds { start: self.at(self.len - 1), len: self.len, step: step.wrapping_neg() },
        }
    }

    #[cfg(feature = "python")]
    /// The moves that close the gaps which the items would leave in a sequence of `len` items: indices of items that
    /// stay, and where these come to lie.
    pub(crate) fn moves(self, len: usize) -> impl Iterator<Item = (usize, usize)> {
        let gaps = self.forward();
        let mut gone = 0;
        (gaps.start..len).filter_map(move |from| {
            if gone < gaps.len && from == gaps.at(gone) {
                gone += 1;
                return None;
            }
            Some((from, from - gone))
        })
    }
}
