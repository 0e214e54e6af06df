//! In place of `refusal.rs` where nobody is told what is wrong: that something is takes no room.

use super::error::{Fault, Reason};
use crate::memory::Stop;

/// That something is wrong, or the quota has ended the work, which says so.
pub(super) struct Refusal;

/// A code object is refused.
pub(super) fn whole(_: Reason) -> Fault {
    (None, Reason::Untold)
}

impl Refusal {
    pub fn at(self, _: Option<usize>) -> Fault {
        (None, Reason::Untold)
    }
}

impl From<Reason> for Refusal {
    fn from(_: Reason) -> Refusal {
        Refusal
    }
}

impl From<Stop> for Refusal {
    fn from(_: Stop) -> Refusal {
        Refusal
    }
}
