//! The memory of objects that give it: bytes, strings, arrays, memory views.

use crate::data::bytes::Bytes;
use crate::model::buffer::{Access, Buffer};
use crate::model::error::{Raise, Res};
use crate::model::protocols::{Classes, Strs};
use crate::model::types::flag;
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// The memory of objects, as bytes.
pub trait Buffers {
    /// The memory of `object`, if it gives any.
    ///
    /// # Errors
    /// What the object raises.
    fn try_buffer(&self, object: Obj, access: Access) -> Res<Option<Buffer>>;

    /// The memory of `object`.
    ///
    /// # Errors
    /// `TypeError` if it gives none.
    fn buffer(&self, object: Obj, access: Access) -> Res<Buffer>;
}

impl Buffers for Vm {
    fn try_buffer(&self, object: Obj, access: Access) -> Res<Option<Buffer>> {
        if access != Access::Write {
            if let Some(text) = self.as_str(object) {
                return Ok(Some(Buffer::of(text)));
            }
            if let Some(bytes) = object.downcast::<Bytes>() {
                return Ok(Some(Buffer::of(bytes.bytes())));
            }
        }
        self.check_depth()?;
        let ty = self.type_of(object);
        match ty.slots.buffer {
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

/// The memory of `object`, if it lends that: strings and bytes do, memory views of those, and files of some file
/// systems.
///
/// # Errors
/// What the object raises.
pub(crate) fn lent(vm: &Vm, object: Obj) -> Res<Option<&'static [u8]>> {
    // It need not be there for good, but for as long as there is a pointer to it, which is as good where the collector
    // looks.
    Ok(vm.try_buffer(object, Access::Lend)?.map(Buffer::bytes))
}
