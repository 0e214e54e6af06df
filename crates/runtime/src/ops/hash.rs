//! Hashes.

use crate::error::Res;
use crate::obj::str::Str;
use crate::types::UnaryOp;
use crate::vm::Vm;
use crate::word::Obj;

impl Vm {
    /// The hash of `object`.
    ///
    /// # Errors
    /// `TypeError` if it has none, and what its type raises.
    pub fn hash(&self, object: Obj) -> Res<usize> {
        if let Some(value) = object.as_small_int() {
            return Ok(value as usize);
        }
        if let Some(name) = object.as_qstr() {
            return Ok(self.qstrs.hash(name) as usize);
        }
        if let Some(string) = object.downcast::<Str>() {
            return Ok(string.hash() as usize);
        }
        match self.type_of(object).unary_op {
            Some(unary_op) => match unary_op(self, UnaryOp::Hash, object)? {
                Some(hash) => Ok(hash.as_small_int().unwrap_or_default() as usize),
                None => Err(self.unhashable(object)),
            },
            None => Ok(object.bits() >> 4),
        }
    }

    #[cold]
    fn unhashable(&self, object: Obj) -> crate::error::Raised {
        self.type_error(format_args!("unsupported type for __hash__: '{}'", self.type_name(object)))
    }
}
