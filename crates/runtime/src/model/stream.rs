//! What a type offers as a stream.

use crate::model::error::Res;
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
    /// Which of these [events](crate::host::event) are there.
    Poll(usize),
    /// To give up what it holds.
    Close,
    /// Another request by its number in MicroPython's `py/stream.h`, and its argument.
    Other(usize, usize),
}

impl Request {
    /// What the number of the host's file is that the stream reads and writes.
    pub const FILE_NUMBER: Request = Request::Other(10, 0);
}

/// The outcome of an operation: how much was done, or an `errno` number.
pub type Outcome = Res<Result<usize, i32>>;

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
