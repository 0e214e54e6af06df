//! Hashes.

use crate::error::Res;
use crate::obj::bytes::Bytes;
use crate::obj::str::Str;
use crate::types::UnaryOp;
use crate::vm::Vm;
use crate::word::Obj;

impl Vm {
    /// `hash(object)`
    ///
    /// # Errors
    /// `TypeError` if the object cannot be hashed, and what a class's `__hash__` raises.
    #[inline]
    pub fn hash(&self, object: Obj) -> Res<usize> {
        if let Some(value) = object.as_small_int() {
            return Ok(value as usize);
        }
        if let Some(name) = object.as_qstr() {
            return Ok(self.qstrs.hash(name) as usize);
        }
        if let Some(string) = object.downcast::<Str>() {
            return Ok(string.hash(self)? as usize);
        }
        self.hash_object(object)
    }

    #[inline(never)]
    fn hash_object(&self, object: Obj) -> Res<usize> {
        if let Some(bytes) = object.downcast::<Bytes>() {
            return Ok(bytes.hash(self)? as usize);
        }
        self.work(1)?;
        self.check_depth()?;
        let ty = self.type_of(object);
        let Some(unary_op) = ty.slots.unary_op else {
            // Addresses are multiples of a granule.
            return Ok(object.bits() >> 2);
        };
        match unary_op(self, UnaryOp::Hash, object)? {
            Some(hash) => Ok(hash.as_small_int().unwrap_or_default() as usize),
            None => Err(self.type_error(format_args!("unsupported type for __hash__: '{}'", self.type_name(object)))),
        }
    }
}

/// Adds the hash of another item to that of a sequence.
pub fn combine(hash: usize, item: usize) -> usize {
    hash.wrapping_mul(1_000_003) ^ item
}

/// A hash as a small integer.
pub fn to_obj(hash: usize) -> Obj {
    Obj::small_int_wrapping((hash << 1) as isize >> 1)
}
