//! Bytes objects: their layout.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::model::error::Res;
use crate::model::object::{Gc, Header, Object};
use crate::model::vm::Vm;
use crate::qstr;

/// A bytes object. C code relies on a zero byte behind its data.
#[repr(C)]
pub struct Bytes {
    pub(crate) header: Header,
    pub(crate) hash: Cell<usize>,
    pub(crate) len: usize,
    pub(crate) data: Cell<NonNull<u8>>,
}

// SAFETY: the only `static` bytes object, the empty one, is a constant but for its hash, into which everybody writes
// the same number.
unsafe impl Sync for Bytes {}

pub(crate) static THE_EMPTY: Bytes = Bytes {
    header: Header::of(<Bytes as Object>::TYPE),
    hash: Cell::new(qstr::hash(b"") as usize),
    len: 0,
    data: Cell::new(NonNull::dangling()),
};

impl Bytes {
    /// A new bytes object, which holds a copy of `bytes`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, bytes: &[u8]) -> Res<Gc<Bytes>> {
        if bytes.is_empty() {
            return Ok(Bytes::EMPTY);
        }
        let object = Bytes {
            header: Header::of(<Bytes as Object>::TYPE),
            hash: Cell::new(0),
            len: bytes.len(),
            data: Cell::new(NonNull::dangling()),
        };
        let made = vm.alloc_tail(object, bytes.len() + 1)?;
        // SAFETY: the tail behind the object has room for the bytes and one more; nobody else sees the object yet.
        unsafe {
            let data = made.as_ptr().add(1).cast::<u8>();
            data.copy_from_nonoverlapping(NonNull::from_ref(bytes).cast(), bytes.len());
            data.add(bytes.len()).write(0);
            made.data.set(data);
        }
        Ok(made)
    }

    /// A new bytes object whose bytes are lent: they never change, and stay as long as something that the collector
    /// sees points to them.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn lent(vm: &Vm, bytes: &'static [u8]) -> Res<Gc<Bytes>> {
        let block = vm.alloc_words(size_of::<Bytes>().div_ceil(size_of::<usize>()))?.cast::<Bytes>();
        // SAFETY: the block is new and large enough. The collector looks at the block, which so keeps the bytes.
        unsafe {
            block.write(Bytes::head(bytes.len(), NonNull::from_ref(bytes).cast()));
            Ok(Gc::from_ptr(block))
        }
    }

    /// Copies bytes that are lent, of which there are some, to where a word may lie: the place of the copy, which is the
    /// object's memory from now on.
    ///
    /// # Errors
    /// `MemoryError`.
    #[cfg(berus_machine)]
    pub(crate) fn move_to_word(&self, vm: &Vm) -> Res<NonNull<u8>> {
        let copy = vm.alloc_bytes(self.len + 1)?;
        // SAFETY: the block is new, and has room for the bytes and one more.
        unsafe {
            copy.copy_from_nonoverlapping(self.data.get(), self.len);
            copy.add(self.len).write(0);
        }
        self.data.set(copy);
        Ok(copy)
    }

    /// The head of a bytes object whose `len` bytes are at `data`.
    pub(crate) fn head(len: usize, data: NonNull<u8>) -> Bytes {
        Bytes { header: Header::of(<Bytes as Object>::TYPE), hash: Cell::new(0), len, data: Cell::new(data) }
    }

    /// The bytes object without bytes.
    pub const EMPTY: Gc<Bytes> = Gc::from_static(&THE_EMPTY);

    /// The hash of the bytes, computed when it is first asked for.
    ///
    /// # Errors
    /// As [`Poll::work`](crate::model::events::Poll::work).
    pub fn hash(&self, vm: &Vm) -> Res<u32> {
        if self.hash.get() == 0 {
            self.hash.set(vm.hash_bytes(self.bytes())? as usize);
        }
        Ok(self.hash.get() as u32)
    }

    /// The bytes, for as long as the collector sees the object.
    pub(crate) fn bytes_unbounded<'a>(&self) -> &'a [u8] {
        // SAFETY: `data` points to `len` bytes, which never change; the caller keeps the object where the collector
        // sees it.
        unsafe { core::slice::from_raw_parts(self.data.get().as_ptr(), self.len) }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `data` points to `len` bytes, behind the object or lent, which never change and live as long as the
        // object.
        unsafe { core::slice::from_raw_parts(self.data.get().as_ptr(), self.len) }
    }
}
