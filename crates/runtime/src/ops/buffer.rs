//! The memory of objects that give access to it: bytes, strings, arrays, memory views.

use core::ptr::NonNull;

use crate::data::bytes::Bytes;
use crate::model::buffer::{Access, Buffer};
use crate::model::error::{Raise, Res};
use crate::model::protocols::{Classes, Strs};
use crate::model::types::flag;
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// The memory of objects, as bytes.
pub trait Buffers {
    /// The memory of `object`, if `object` gives access to memory.
    ///
    /// # Errors
    /// What the object raises.
    fn try_buffer(&self, object: Obj, access: Access) -> Res<Option<Buffer>>;

    /// The memory of `object`.
    ///
    /// # Errors
    /// `TypeError` if `object` gives no such access, and what the object raises.
    fn buffer(&self, object: Obj, access: Access) -> Res<Buffer>;
}

impl Buffer {
    /// The memory of `bytes`, only to be read, and only as long as `bytes` lives. Who has an interpreter has
    /// [promised](Vm#the-contract-of-raw-words) to keep to this.
    pub fn of(_: &Vm, bytes: &[u8]) -> Buffer {
        // SAFETY: the bytes are initialised; that they outlive the buffer is a part of the contract of raw words.
        unsafe { Buffer::new(NonNull::from_ref(bytes).cast(), bytes.len(), b'B') }
    }
}

impl Buffers for Vm {
    fn try_buffer(&self, object: Obj, access: Access) -> Res<Option<Buffer>> {
        if access != Access::Write {
            if let Some(text) = self.as_str(object) {
                return Ok(Some(Buffer::of(self, text)));
            }
            if let Some(bytes) = object.downcast::<Bytes>() {
                return Ok(Some(Buffer::of(self, bytes.bytes())));
            }
        }
        self.check_depth()?;
        let ty = self.type_of(object);
        match ty.slots.buffer() {
            Some(buffer) if access != Access::Lend || ty.has(flag::LENDS) => buffer(self, object, access),
            _ => Ok(None),
        }
    }

    fn buffer(&self, object: Obj, access: Access) -> Res<Buffer> {
        match self.try_buffer(object, access)? {
            Some(buffer) => Ok(buffer),
            None => Err(self.type_error(format_args!("object with buffer protocol required"))),
        }
    }
}

/// The memory of `object`, if `object` lends it: strings and bytes do, memory views of these, and files of some file
/// systems.
///
/// # Errors
/// What the object raises.
pub(crate) fn lent(vm: &Vm, object: Obj) -> Res<Option<&'static [u8]>> {
    // The bytes need not live for good, but as long as the collector sees a pointer to them, which is as good for
    // callers that keep one.
    Ok(vm.try_buffer(object, Access::Lend)?.map(Buffer::bytes))
}
