//! Building strings and bytes piece by piece.
//!
//! The bytes grow in a heap block that begins with room for the object's head, so that the block becomes the string
//! without a copy.

use core::ptr::NonNull;

use super::bytes::Bytes;
use super::str::Str;
use crate::error::Res;
use crate::object::Gc;
use crate::ops::print::Printer;
use crate::vm::Vm;
use crate::word::Obj;

/// Bytes that are being put together. The collector sees its block as long as the builder is in a local variable.
#[derive(Debug, Default)]
pub struct Builder {
    block: Option<NonNull<u8>>,
    len: usize,
    /// Bytes that fit behind the head, with one more for the zero byte at the end.
    capacity: usize,
}

/// Room for the head of a string.
const HEAD: usize = size_of::<Str>();

const _: () = assert!(size_of::<Bytes>() == HEAD && align_of::<Bytes>() == align_of::<Str>());

impl Builder {
    /// No bytes yet, and no memory for any.
    pub const fn new() -> Builder {
        Builder { block: None, len: 0, capacity: 0 }
    }

    /// Room for `capacity` bytes.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn with_capacity(vm: &Vm, capacity: usize) -> Res<Builder> {
        let mut builder = Builder::new();
        builder.grow(vm, capacity)?;
        Ok(builder)
    }

    /// Makes room for `capacity` bytes, which is more than there is.
    #[inline(never)]
    fn grow(&mut self, vm: &Vm, capacity: usize) -> Res<()> {
        let bytes = HEAD.saturating_add(capacity).saturating_add(1);
        self.block = Some(match self.block {
            None => vm.alloc_bytes(bytes)?,
            // SAFETY: the block has this size, and the builder alone knows it.
            Some(block) => unsafe { vm.resize_bytes(block, HEAD + self.len, bytes)? },
        });
        self.capacity = capacity;
        Ok(())
    }

    /// Makes room for `more` bytes behind those that are there.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline]
    pub fn reserve(&mut self, vm: &Vm, more: usize) -> Res<()> {
        let needed = self.len.saturating_add(more);
        if needed > self.capacity || self.block.is_none() {
            self.grow(vm, needed.max(self.capacity.saturating_mul(2)).max(16))?;
        }
        Ok(())
    }

    /// Adds bytes, which do not lie in this builder.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline]
    pub fn extend(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()> {
        self.reserve(vm, bytes.len())?;
        if let Some(block) = self.block {
            // SAFETY: the block has room for them behind the `len` bytes there, and they lie elsewhere.
            unsafe {
                block.add(HEAD + self.len).copy_from_nonoverlapping(NonNull::from_ref(bytes).cast(), bytes.len())
            };
            self.len += bytes.len();
        }
        Ok(())
    }

    /// Adds a byte.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline]
    pub fn push(&mut self, vm: &Vm, byte: u8) -> Res<()> {
        self.extend(vm, &[byte])
    }

    /// Adds `count` times the same byte.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn fill(&mut self, vm: &Vm, byte: u8, count: usize) -> Res<()> {
        self.reserve(vm, count)?;
        if let Some(block) = self.block {
            // SAFETY: the block has room for them behind the `len` bytes there.
            unsafe { block.add(HEAD + self.len).write_bytes(byte, count) };
            self.len += count;
        }
        Ok(())
    }

    /// The bytes so far.
    pub fn bytes(&self) -> &[u8] {
        match self.block {
            // SAFETY: `len` bytes were written behind the head.
            Some(block) => unsafe { core::slice::from_raw_parts(block.add(HEAD).as_ptr(), self.len) },
            None => &[],
        }
    }

    /// The bytes so far, to change them.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        match self.block {
            // SAFETY: as in `bytes`; the builder alone knows the block.
            Some(block) => unsafe { core::slice::from_raw_parts_mut(block.add(HEAD).as_ptr(), self.len) },
            None => &mut [],
        }
    }

    /// Forgets all bytes from number `len` on.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Gives the memory back, before a collection would.
    pub fn discard(self, vm: &Vm) {
        if let Some(block) = self.block {
            // SAFETY: the builder alone knows the block.
            unsafe { vm.free(block) };
        }
    }

    /// Ends the bytes with a zero byte and cuts the block to size. `None` if there are no bytes.
    fn block_to_size(self, vm: &Vm) -> Res<Option<NonNull<u8>>> {
        match self.block {
            Some(block) if self.len > 0 => {
                let size = HEAD + self.len + 1;
                // SAFETY: the block has at least this size, and the builder alone knows it.
                unsafe {
                    block.add(size - 1).write(0);
                    if self.capacity == self.len {
                        return Ok(Some(block));
                    }
                    vm.resize_bytes(block, size, size).map(Some)
                }
            }
            _ => {
                self.discard(vm);
                Ok(None)
            }
        }
    }

    /// The string of these bytes, which must be UTF-8.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn into_str(self, vm: &Vm) -> Res {
        let hash = match vm.name_or_hash(self.bytes()) {
            Ok(name) => {
                self.discard(vm);
                return Ok(Obj::qstr(name));
            }
            Err(hash) => hash,
        };
        let len = self.len;
        match self.block_to_size(vm)? {
            None => Ok(Obj::qstr(crate::qstr::Qstr::EMPTY)),
            // SAFETY: the block has room for the head, and `len` bytes behind it.
            Some(block) => Ok(unsafe {
                let data = block.add(HEAD);
                block.cast::<Str>().write(Str::head_with_hash(len, data, hash));
                Gc::<Str>::from_ptr(block.cast()).obj()
            }),
        }
    }

    /// The bytes object of these bytes.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn into_bytes(self, vm: &Vm) -> Res {
        let len = self.len;
        match self.block_to_size(vm)? {
            None => Ok(Bytes::EMPTY.obj()),
            // SAFETY: the block has room for the head, and `len` bytes behind it.
            Some(block) => Ok(unsafe {
                let data = block.add(HEAD);
                block.cast::<Bytes>().write(Bytes::head(len, data));
                Gc::<Bytes>::from_ptr(block.cast()).obj()
            }),
        }
    }
}

impl Printer for Builder {
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()> {
        self.extend(vm, bytes)
    }
}
