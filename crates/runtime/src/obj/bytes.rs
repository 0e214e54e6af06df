//! The type `bytes`.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::error::Res;
use crate::object::{Gc, Header, Object};
use crate::q;
use crate::types::Type;
use crate::vm::Vm;

/// The type.
pub static TYPE: Type = Type::new(q!("bytes"));

/// A bytes object.
#[repr(C)]
pub struct Bytes {
    header: Header,
    hash: Cell<usize>,
    len: usize,
    data: NonNull<u8>,
}

// SAFETY: `Bytes` is `repr(C)` and starts with a header; only bytes objects have this type. Its data lies behind it.
unsafe impl Object for Bytes {
    const TYPE: &'static Type = &TYPE;
    const SCAN: bool = false;
}

impl Bytes {
    /// A new bytes object, which holds a copy of `bytes`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, bytes: &[u8]) -> Res<Gc<Bytes>> {
        let object =
            Bytes { header: Header::of(&TYPE), hash: Cell::new(0), len: bytes.len(), data: NonNull::dangling() };
        let made = vm.alloc_tail(object, bytes.len())?;
        // SAFETY: the tail behind the object has room for the bytes; nobody else sees the object yet.
        unsafe {
            let data = made.as_ptr().add(1).cast::<u8>();
            data.copy_from_nonoverlapping(NonNull::from_ref(bytes).cast(), bytes.len());
            (&raw mut (*made.as_ptr().as_ptr()).data).write(data);
        }
        Ok(made)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `data` points to `len` bytes behind the object, which never change.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }
}
