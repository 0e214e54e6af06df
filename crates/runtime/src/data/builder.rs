//! Building strings and bytes piece by piece.
//!
//! A few bytes are put together in the builder itself, so that nothing but the object is allocated. More of them grow
//! in a heap block that begins with room for the object's head, so that the block becomes the string without a copy.

use core::mem::MaybeUninit;
use core::ptr::NonNull;

use crate::data::bytes::Bytes;
use crate::data::str::{Str, new_str_of_no_name};
use crate::model::builtin_types::BuiltinTypes;
use crate::model::error::{Raise, Res};
use crate::model::object::Gc;
use crate::model::printer::Printer;
use crate::model::vm::Vm;

/// Bytes that are being put together. The collector sees the builder's block as long as the builder is in a local
/// variable.
#[derive(Debug)]
pub struct Builder {
    pub(crate) block: Option<NonNull<u8>>,
    pub(crate) len: usize,
    /// How many bytes fit into `few` or, behind the head, into the block, which has room for a zero byte as well.
    capacity: usize,
    /// The bytes, as long as there is no block.
    few: [MaybeUninit<u8>; FEW],
}

/// The most bytes that are put together without a block.
const FEW: usize = if usize::BITS >= 64 { 64 } else { 32 };

/// Bytes of the head of a string, which a block begins with room for.
pub(crate) const HEAD: usize = size_of::<Str>();

const _: () = assert!(size_of::<Bytes>() == HEAD && align_of::<Bytes>() == align_of::<Str>());

impl Default for Builder {
    fn default() -> Builder {
        Builder::new()
    }
}

impl Builder {
    /// A builder without bytes.
    pub const fn new() -> Builder {
        Builder { block: None, len: 0, capacity: FEW, few: [MaybeUninit::uninit(); FEW] }
    }

    /// A builder with room for `capacity` bytes.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn with_capacity(vm: &Vm, capacity: usize) -> Res<Builder> {
        let mut builder = Builder::new();
        if capacity > FEW {
            builder.grow(vm, capacity, capacity)?;
        }
        Ok(builder)
    }

    /// A builder with room for `wanted` bytes or, if there is no memory for these, for a half, a quarter and so on of
    /// them.
    ///
    /// # Errors
    /// `MemoryError` if there is no memory for a few hundred bytes either.
    pub fn with_room(vm: &Vm, wanted: usize) -> Res<Builder> {
        let mut builder = Builder::new();
        let mut room = wanted;
        while room > 8 * FEW && builder.block.is_none() {
            let bytes = HEAD.saturating_add(room).saturating_add(1);
            match vm.try_alloc_bytes(bytes) {
                Some(block) => (builder.block, builder.capacity) = (Some(block), room),
                None => room /= 2,
            }
        }
        builder.reserve(vm, room)?;
        Ok(builder)
    }

    /// A builder with all of `parts`, one behind the other.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn concat(vm: &Vm, parts: &[&[u8]]) -> Res<Builder> {
        let mut builder = Builder::with_capacity(vm, parts.iter().map(|part| part.len()).sum())?;
        parts.iter().try_for_each(|part| builder.extend(vm, part))?;
        Ok(builder)
    }

    /// How many bytes the builder has room for.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Makes room for `wanted` bytes or, if there is no memory for these, for `least`, which is more than the present
    /// capacity.
    #[inline(never)]
    fn grow(&mut self, vm: &Vm, wanted: usize, least: usize) -> Res<()> {
        let [wanted, least] = [wanted, least].map(|capacity| HEAD.saturating_add(capacity).saturating_add(1));
        let (block, bytes) = match self.block {
            None => {
                let block = vm.alloc_bytes(wanted)?;
                // SAFETY: the block is new, and has room for more bytes behind the head than the builder has.
                unsafe { block.add(HEAD).copy_from_nonoverlapping(self.data(), self.len) };
                (block, wanted)
            }
            // SAFETY: the block has at least `HEAD + len` bytes, and the builder alone knows it.
            Some(block) => unsafe { vm.resize_bytes_or(block, HEAD + self.len, wanted, least)? },
        };
        self.block = Some(block);
        self.capacity = bytes - HEAD - 1;
        Ok(())
    }

    /// The address of the bytes.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn data(&self) -> NonNull<u8> {
        match self.block {
            // SAFETY: the block is larger than the head.
            Some(block) => unsafe { block.add(HEAD) },
            None => NonNull::from_ref(&self.few).cast(),
        }
    }

    /// As [`Builder::data`], to change them.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn data_mut(&mut self) -> NonNull<u8> {
        match self.block {
            Some(_) => self.data(),
            None => NonNull::from_mut(&mut self.few).cast(),
        }
    }

    /// Makes room for `more` bytes behind the bytes so far.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline]
    pub fn reserve(&mut self, vm: &Vm, more: usize) -> Res<()> {
        let needed = self.len.saturating_add(more);
        if needed > self.capacity {
            self.grow(vm, needed.max(self.capacity.saturating_mul(2)), needed)?;
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
        // SAFETY: the builder has room for the new bytes behind its `len` bytes, and the new bytes do not lie in it.
        unsafe {
            self.data_mut().add(self.len).copy_from_nonoverlapping(NonNull::from_ref(bytes).cast(), bytes.len());
        }
        self.len += bytes.len();
        Ok(())
    }

    /// Adds a byte.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline]
    pub fn push(&mut self, vm: &Vm, byte: u8) -> Res<()> {
        self.reserve(vm, 1)?;
        // SAFETY: the builder has room for the byte behind its `len` bytes.
        unsafe { self.data_mut().add(self.len).write(byte) };
        self.len += 1;
        Ok(())
    }

    /// Adds `byte`, `count` times.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn fill(&mut self, vm: &Vm, byte: u8, count: usize) -> Res<()> {
        self.reserve(vm, count)?;
        // SAFETY: the builder has room for `count` bytes behind its `len` bytes.
        unsafe { self.data_mut().add(self.len).write_bytes(byte, count) };
        self.len += count;
        Ok(())
    }

    /// Adds `bytes`, which do not lie in this builder, `count` times.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn repeat(&mut self, vm: &Vm, bytes: &[u8], count: usize) -> Res<()> {
        if let [byte] = *bytes {
            return self.fill(vm, byte, count);
        }
        let more = bytes.len().saturating_mul(count);
        self.reserve(vm, more)?;
        let (start, end) = (self.len, self.len + more);
        if more > 0 {
            self.extend(vm, bytes)?;
        }
        // The repeated bytes so far are copied behind themselves, until enough have been added.
        while self.len < end {
            let there = (self.len - start).min(end - self.len);
            // SAFETY: the builder has room up to `end`, and the two parts do not overlap.
            unsafe { self.data_mut().add(self.len).copy_from_nonoverlapping(self.data().add(start), there) };
            self.len += there;
        }
        Ok(())
    }

    /// The bytes so far.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `len` bytes were written at `data`.
        unsafe { core::slice::from_raw_parts(self.data().as_ptr(), self.len) }
    }

    /// The bytes so far, to change them.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: `len` bytes were written at `data`, and nobody but the builder knows where they are.
        unsafe { core::slice::from_raw_parts_mut(self.data_mut().as_ptr(), self.len) }
    }

    /// Forgets all bytes from number `len` on.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Frees the builder's memory before a collection would.
    pub fn discard(self, vm: &Vm) {
        if let Some(block) = self.block {
            // SAFETY: the builder alone knows the block.
            unsafe { vm.free(block) };
        }
    }

    /// Ends the bytes, which are in `block`, with a zero byte, and cuts the block to size.
    fn block_to_size(&self, vm: &Vm, block: NonNull<u8>) -> Res<NonNull<u8>> {
        let size = HEAD + self.len + 1;
        // SAFETY: the block has at least `size` bytes, and the builder alone knows it.
        unsafe {
            block.add(size - 1).write(0);
            if self.capacity == self.len { Ok(block) } else { vm.resize_bytes(block, size, size) }
        }
    }

    /// Makes a string of the bytes, which must be UTF-8.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn into_str(self, vm: &Vm) -> Res {
        let Some(block) = self.block.filter(|_| self.len > FEW) else {
            let string = new_str_of_no_name(vm, self.bytes());
            self.discard(vm);
            return string;
        };
        let len = self.len;
        let block = self.block_to_size(vm, block)?;
        // SAFETY: the block has room for the head, and `len` bytes behind it.
        unsafe {
            let data = block.add(HEAD);
            block.cast::<Str>().write(Str::head(len, data));
            Ok(Gc::<Str>::from_ptr(block.cast()).obj())
        }
    }

    /// As [`Builder::into_str`], for bytes that need not be UTF-8.
    ///
    /// # Errors
    /// `UnicodeError` if the bytes are not UTF-8, and `MemoryError`.
    pub fn into_str_checked(self, vm: &Vm) -> Res {
        match vm.first_invalid(self.bytes())? {
            Some(_) => Err(vm.error_with(Vm::UNICODE_ERROR, &[])),
            None => self.into_str(vm),
        }
    }

    /// Makes a bytes object of the bytes.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn into_bytes(self, vm: &Vm) -> Res {
        let Some(block) = self.block.filter(|_| self.len > FEW) else {
            let bytes = Bytes::new(vm, self.bytes());
            self.discard(vm);
            return Ok(bytes?.obj());
        };
        let len = self.len;
        let block = self.block_to_size(vm, block)?;
        // SAFETY: the block has room for the head, and `len` bytes behind it.
        unsafe {
            let data = block.add(HEAD);
            block.cast::<Bytes>().write(Bytes::head(len, data));
            Ok(Gc::<Bytes>::from_ptr(block.cast()).obj())
        }
    }
}

impl Printer for Builder {
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()> {
        self.extend(vm, bytes)
    }
}
