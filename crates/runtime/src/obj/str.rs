//! The type `str`: UTF-8 text. A string is a name ([`Obj::qstr`]) or an object.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::error::Res;
use crate::object::{Gc, Header, Object};
use crate::q;
use crate::qstr::{self, Qstr};
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = Type::new(q!("str"));

/// A string that is an object.
#[repr(C)]
pub struct Str {
    header: Header,
    hash: Cell<usize>,
    len: usize,
    data: NonNull<u8>,
}

// SAFETY: `Str` is `repr(C)` and starts with a header; only strings have this type. Its data lies behind it, or in memory
// that outlives it.
unsafe impl Object for Str {
    const TYPE: &'static Type = &TYPE;
    const SCAN: bool = false;
}

impl Str {
    /// A new string, which holds a copy of `bytes`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, bytes: &[u8]) -> Res<Gc<Str>> {
        let object = Str { header: Header::of(&TYPE), hash: Cell::new(0), len: bytes.len(), data: NonNull::dangling() };
        let string = vm.alloc_tail(object, bytes.len())?;
        // SAFETY: the tail behind the object has room for the bytes; nobody else sees the object yet.
        unsafe {
            let data = string.as_ptr().add(1).cast::<u8>();
            data.copy_from_nonoverlapping(NonNull::from_ref(bytes).cast(), bytes.len());
            (&raw mut (*string.as_ptr().as_ptr()).data).write(data);
        }
        Ok(string)
    }

    /// The text.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `data` points to `len` bytes behind the object, which never change.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }

    /// The text, for as long as the collector sees the string.
    pub(crate) fn bytes_unbounded<'a>(&self) -> &'a [u8] {
        // SAFETY: as in `bytes`; the caller keeps the string where the collector sees it.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }

    /// The hash, as of an interned string.
    pub fn hash(&self) -> u32 {
        if self.hash.get() == 0 {
            self.hash.set(qstr::hash(self.bytes()) as usize);
        }
        self.hash.get() as u32
    }
}

impl Vm {
    /// A string that holds a copy of `bytes`, which are UTF-8: the name, if it is interned.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_str(&self, bytes: &[u8]) -> Res {
        if bytes.len() <= 10
            && let Some(name) = self.qstrs.find(bytes)
        {
            return Ok(Obj::qstr(name));
        }
        Ok(Str::new(self, bytes)?.obj())
    }

    /// The text of `object`, if that is exactly a string. It is there as long as the collector sees the string.
    #[inline]
    pub fn as_str(&self, object: Obj) -> Option<&[u8]> {
        match object.as_qstr() {
            Some(name) => Some(self.spelling(name)),
            None => object.downcast::<Str>().map(|string| string.bytes_unbounded()),
        }
    }

    /// The name that a string spells, interned now if it was not. `None` if `object` is no string.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn as_name(&self, object: Obj) -> Res<Option<Qstr>> {
        match object.as_qstr() {
            Some(name) => Ok(Some(name)),
            None => match object.downcast::<Str>() {
                Some(string) => self.intern(string.bytes_unbounded()).map(Some),
                None => Ok(None),
            },
        }
    }
}
