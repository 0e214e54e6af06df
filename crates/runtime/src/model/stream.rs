//! The streams of the runtime: what a type offers so that its objects can be read and written.

use crate::errno::{AGAIN, Errno};
use crate::host::Events;
use crate::model::error::{Raise, Raised, Res};
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// A request to a stream, besides reading and writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Pass on what the stream has buffered.
    Flush,
    /// Move to another position, which is the answer.
    Seek {
        /// The distance in bytes.
        offset: isize,
        /// The point that `offset` counts from: 0 the start, 1 the current position, 2 the end.
        whence: u8,
    },
    /// Answer which of these events the stream is ready for.
    Poll(Events),
    /// Give up what the stream holds.
    Close,
    /// Another request by its number in MicroPython's `py/stream.h`, and its argument.
    Other(usize, usize),
}

impl Request {
    /// The request for the number of the host's file that the stream reads and writes.
    pub const FILE_NUMBER: Request = Request::Other(10, 0);
}

/// Why an operation on a stream fails.
#[derive(Debug)]
pub enum Failure {
    /// The operation failed with this error number.
    Errno(Errno),
    /// Python code raised an exception.
    Raised(Raised),
}

impl Failure {
    /// `EAGAIN`: the stream has nothing to read, or no room to write, at present.
    pub const AGAIN: Failure = Failure::Errno(AGAIN);

    /// Whether the failure is `EAGAIN`.
    pub fn is_again(&self) -> bool {
        matches!(self, Failure::Errno(AGAIN))
    }

    /// The error number of the failure.
    ///
    /// # Errors
    /// The exception that Python code raised.
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

/// The outcome of an operation on a stream: for reads and writes how many bytes, for requests the answer.
pub type Outcome = Result<usize, Failure>;

/// Reads into a buffer, and answers how many bytes came; 0 at the end.
pub type Read = fn(&Vm, Obj, &mut [u8]) -> Outcome;

/// Writes bytes, and answers how many were taken.
pub type Write = fn(&Vm, Obj, &[u8]) -> Outcome;

/// How a type's objects are read, written and controlled.
pub struct StreamSlots {
    /// Reads from the stream; `None` if it cannot be read.
    pub read: Option<Read>,
    /// Writes to the stream; `None` if it cannot be written.
    pub write: Option<Write>,
    /// Answers requests to the stream; `None` if it takes none.
    pub ioctl: Option<fn(&Vm, Obj, Request) -> Outcome>,
    /// Whether the stream is one of text, not of bytes.
    pub is_text: bool,
}
