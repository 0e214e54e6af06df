//! The memory of an object, as bytes.

use core::cell::Cell;
use core::ptr::NonNull;

/// What a buffer is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read.
    Read,
    /// To write, and perhaps to read.
    Write,
    /// To keep: memory that never changes, and stays as long as the collector sees a pointer into it, or for good. Only
    /// types with the flag [`LENDS`](crate::model::types::flag::LENDS) are asked for it.
    Lend,
}

/// The memory of an object. It is there as long as the object is, and until that changes its size: make no calls
/// of Python code while it is in use.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    /// The first byte.
    pub data: NonNull<u8>,
    /// The length in bytes.
    pub len: usize,
    /// What the elements are, as in `struct`: `B` for bytes.
    pub typecode: u8,
}

impl Buffer {
    /// The `len` bytes at `data`.
    ///
    /// # Safety
    /// They are initialised and stay as long as the object that gives them, and if they were asked for to be
    /// written, they may be.
    pub unsafe fn new(data: NonNull<u8>, len: usize, typecode: u8) -> Buffer {
        Buffer { data, len, typecode }
    }

    /// Memory that is only read.
    pub fn of(bytes: &[u8]) -> Buffer {
        Buffer { data: NonNull::from_ref(bytes).cast(), len: bytes.len(), typecode: b'B' }
    }

    /// The bytes. They lie in the object: the caller holds that while it uses them.
    #[inline]
    pub fn bytes<'a>(self) -> &'a [u8] {
        // SAFETY: `new` promises so many bytes, and the caller keeps the object and lets it be.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }

    /// The bytes, to write. Ask for [`Access::Write`].
    #[inline]
    pub fn cells<'a>(self) -> &'a [Cell<u8>] {
        // SAFETY: as in `bytes`.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr().cast(), self.len) }
    }

    /// Copies the memory of `from`, which may overlap with this, to byte `at` and up, as many bytes as there is room
    /// for.
    ///
    /// The source is no slice: the compiler may take it that nobody writes to what a reference among a function's
    /// parameters refers to, and so copy overlapping memory in the wrong order.
    pub fn write(self, at: usize, from: Buffer) {
        let count = from.len.min(self.len.saturating_sub(at));
        // SAFETY: there are at least `count` bytes from `at` on, and in the source; they may be written, and may
        // overlap.
        unsafe { self.data.add(at.min(self.len)).copy_from(from.data, count) };
    }

    /// The `len` bytes from number `start` on, as far as there are any.
    #[must_use]
    pub fn part(self, start: usize, len: usize) -> Buffer {
        let start = start.min(self.len);
        // SAFETY: the part begins in the memory or at its end.
        Buffer { data: unsafe { self.data.add(start) }, len: len.min(self.len - start), ..self }
    }

    /// Whether some byte belongs to both.
    pub fn overlaps(self, other: Buffer) -> bool {
        let (start, other_start) = (self.data.addr().get(), other.data.addr().get());
        start < other_start + other.len && other_start < start + self.len
    }
}
