//! The stream protocol: reading, writing and controlling objects.

use crate::error::Res;
use crate::vm::Vm;
use crate::word::Obj;

/// How a type's objects are read and written. The inner error of each is an `errno` number.
pub struct StreamSlots {
    /// Reads into a buffer: how many bytes came, 0 at the end.
    pub read: fn(&Vm, Obj, &mut [u8]) -> Res<Result<usize, i32>>,
    /// Writes bytes: how many were taken.
    pub write: fn(&Vm, Obj, &[u8]) -> Res<Result<usize, i32>>,
    /// Controls the stream: a request of MicroPython's `py/stream.h` and its argument.
    pub ioctl: fn(&Vm, Obj, u32, usize) -> Res<Result<usize, i32>>,
    /// Whether it is of text.
    pub is_text: bool,
}
