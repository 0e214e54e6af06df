//! Reasons on their way to the caller.

use alloc::boxed::Box;

use super::error::{Fault, Reason, stopped};
use crate::memory::{Stop, try_box};

/// A reason on its way to the caller. It is boxed so that results fit registers, since nearly all checks succeed.
/// `None` if there was no memory for the box, which is then the reason.
pub(super) struct Refusal(Option<Box<[Reason; 1]>>);

/// A code object is refused as a whole.
pub(super) fn whole(reason: Reason) -> Fault {
    (None, reason)
}

impl Refusal {
    pub fn at(self, offset: Option<usize>) -> Fault {
        match self.0 {
            Some(reason) => (offset, reason[0]),
            None => stopped(Stop::OutOfMemory),
        }
    }
}

impl From<Reason> for Refusal {
    #[cold]
    fn from(reason: Reason) -> Refusal {
        Refusal(try_box(reason).ok())
    }
}

impl From<Stop> for Refusal {
    fn from(stop: Stop) -> Refusal {
        Reason::Stopped(stop).into()
    }
}
