//! The memory of an object, as bytes.

use core::cell::Cell;
use core::ptr::NonNull;

/// What a buffer is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The buffer is only read.
    Read,
    /// The buffer is written, and perhaps read.
    Write,
    /// The buffer is kept: its memory never changes, and stays as long as the collector sees a pointer into it, or for
    /// good. Only types with the flag [`LENDS`](crate::model::types::flag::LENDS) are asked for such memory.
    Lend,
}

/// The memory of an object. It is valid as long as the object lives and does not change its size: make no calls of
/// Python code while the memory is in use.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    data: NonNull<u8>,
    len: usize,
    typecode: u8,
}

impl Buffer {
    /// The `len` bytes at `data`.
    ///
    /// # Safety
    /// The bytes are initialised and stay as long as the object that gives them. If they were asked for with
    /// [`Access::Write`], they may be written.
    pub unsafe fn new(data: NonNull<u8>, len: usize, typecode: u8) -> Buffer {
        Buffer { data, len, typecode }
    }

    /// The same memory, of elements of the type `typecode`.
    #[must_use]
    pub fn typed(self, typecode: u8) -> Buffer {
        Buffer { typecode, ..self }
    }

    /// The address of the first byte.
    #[inline]
    pub fn data(self) -> NonNull<u8> {
        self.data
    }

    /// The length in bytes.
    #[inline]
    #[allow(clippy::len_without_is_empty)] // nobody asks
    pub fn len(self) -> usize {
        self.len
    }

    /// The type of the elements, as in `struct`: `B` for bytes.
    #[inline]
    pub fn typecode(self) -> u8 {
        self.typecode
    }

    /// The bytes. They lie in the object: the caller holds the object while it uses the bytes.
    #[inline]
    pub fn bytes<'a>(self) -> &'a [u8] {
        // SAFETY: `new` promises `len` initialised bytes, and the caller keeps the object and does not change it.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }

    /// The bytes, to write. Ask for [`Access::Write`].
    #[inline]
    pub fn cells<'a>(self) -> &'a [Cell<u8>] {
        // SAFETY: `new` promises `len` initialised bytes, which may be written after [`Access::Write`]; the caller
        // keeps the object and does not change its size.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr().cast(), self.len) }
    }

    /// Copies the memory of `from` to this buffer, with which it may overlap, from byte `at` on, as many bytes as there
    /// is room for.
    ///
    /// The source is no slice: the compiler may take it that nobody writes to what a reference among a function's
    /// parameters refers to, and so copy overlapping memory in the wrong order.
    pub fn write(self, at: usize, from: Buffer) {
        let count = from.len.min(self.len.saturating_sub(at));
        // SAFETY: this buffer has at least `count` bytes from `at` on, which may be written, and so has the source; the
        // two may overlap.
        unsafe { self.data.add(at.min(self.len)).copy_from(from.data, count) };
    }

    /// The buffer of the `len` bytes from number `start` on, as far as this buffer has them.
    #[must_use]
    pub fn part(self, start: usize, len: usize) -> Buffer {
        let start = start.min(self.len);
        // SAFETY: the part begins in the buffer's memory or at its end.
        Buffer { data: unsafe { self.data.add(start) }, len: len.min(self.len - start), ..self }
    }

    /// Whether some byte belongs to both buffers.
    pub fn overlaps(self, other: Buffer) -> bool {
        let (start, other_start) = (self.data.addr().get(), other.data.addr().get());
        start < other_start + other.len && other_start < start + self.len
    }
}
