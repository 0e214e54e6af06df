//! The buffer protocol: memory of objects.

use core::ptr::NonNull;

use crate::error::Res;
use crate::vm::Vm;
use crate::word::Obj;

/// What the memory is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read it.
    Read,
    /// To write to it, or both.
    Write,
}

/// The memory of an object. It is there as long as the collector sees the object and nothing resizes it.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    /// The first byte.
    pub data: NonNull<u8>,
    /// The length in bytes.
    pub len: usize,
    /// What an item is, as in the module `array`; `B` for bytes.
    pub typecode: u8,
}

impl Vm {
    /// The memory of `object`, if it has any for that access.
    ///
    /// # Errors
    /// What the type raises.
    pub fn try_buffer(&self, object: Obj, access: Access) -> Res<Option<Buffer>> {
        match self.type_of(object).buffer {
            Some(buffer) => buffer(self, object, access),
            None => Ok(None),
        }
    }

    /// The memory of `object`.
    ///
    /// # Errors
    /// `TypeError` if it has none for that access.
    pub fn buffer(&self, object: Obj, access: Access) -> Res<Buffer> {
        self.try_buffer(object, access)?
            .ok_or_else(|| self.type_error(format_args!("object with buffer protocol required")))
    }
}
