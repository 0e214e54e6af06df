//! What a type offers as a stream.

use crate::errno::{AGAIN, Errno};
use crate::host::Events;
use crate::model::error::{Raise, Raised, Res};
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// What a stream is asked to do besides reading and writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// To pass on what it has buffered.
    Flush,
    /// To move: the answer is the new position.
    Seek {
        /// By how much.
        offset: isize,
        /// From where: 0 the start, 1 here, 2 the end.
        whence: u8,
    },
    /// Which of these events are there.
    Poll(Events),
    /// To give up what it holds.
    Close,
    /// Another request by its number in MicroPython's `py/stream.h`, and its argument.
    Other(usize, usize),
}

impl Request {
    /// What the number of the host's file is that the stream reads and writes.
    pub const FILE_NUMBER: Request = Request::Other(10, 0);
}

/// Why an operation on a stream fails.
#[derive(Debug)]
pub enum Failure {
    /// For the reason with this number.
    Errno(Errno),
    /// Python code raised an exception.
    Raised(Raised),
}

impl Failure {
    /// `EAGAIN`: there is nothing now.
    pub const AGAIN: Failure = Failure::Errno(AGAIN);

    /// Whether there is nothing now.
    pub fn is_again(&self) -> bool {
        matches!(self, Failure::Errno(AGAIN))
    }

    /// The error number.
    ///
    /// # Errors
    /// What Python code raised.
    pub fn errno(self) -> Res<Errno> {
        match self {
            Failure::Errno(errno) => Ok(errno),
            Failure::Raised(raised) => Err(raised),
        }
    }

    /// Raises the failure: an error number as `OSError`.
    pub fn raise(self, vm: &Vm) -> Raised {
        match self {
            Failure::Errno(errno) => vm.os_error(errno),
            Failure::Raised(raised) => raised,
        }
    }
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Failure {
        Failure::Errno(errno)
    }
}

impl From<Raised> for Failure {
    fn from(raised: Raised) -> Failure {
        Failure::Raised(raised)
    }
}

/// The outcome of an operation on a stream: how much was done.
pub type Outcome = Result<usize, Failure>;

/// Reads into a buffer: how many bytes came, 0 at the end.
pub type Read = fn(&Vm, Obj, &mut [u8]) -> Outcome;

/// Writes bytes: how many were taken.
pub type Write = fn(&Vm, Obj, &[u8]) -> Outcome;

/// How a type's objects are read, written and controlled.
pub struct StreamSlots {
    /// Reading.
    pub read: Option<Read>,
    /// Writing.
    pub write: Option<Write>,
    /// Controls the stream.
    pub ioctl: Option<fn(&Vm, Obj, Request) -> Outcome>,
    /// Whether it is of text.
    pub is_text: bool,
}
