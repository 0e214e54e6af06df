//! Truth and length.

use crate::error::Res;
use crate::obj::list::List;
use crate::types::UnaryOp;
use crate::vm::Vm;
use crate::word::Obj;

impl Vm {
    /// `bool(object)`
    ///
    /// # Errors
    /// What a class's `__bool__` or `__len__` raises.
    #[inline]
    pub fn truth(&self, object: Obj) -> Res<bool> {
        if let Some(truth) = object.as_bool() {
            return Ok(truth);
        }
        match object.as_small_int() {
            Some(value) => Ok(value != 0),
            None => Ok(object != Obj::NONE && self.truth_of_object(object)?),
        }
    }

    #[inline(never)]
    fn truth_of_object(&self, object: Obj) -> Res<bool> {
        if let Some(text) = self.as_str(object) {
            return Ok(!text.is_empty());
        }
        if let Some(list) = object.downcast::<List>() {
            return Ok(!list.is_empty());
        }
        if let Some(unary_op) = self.type_of(object).unary_op
            && let Some(truth) = unary_op(self, UnaryOp::Bool, object)?
        {
            return Ok(truth == Obj::TRUE);
        }
        Ok(self.try_len(object)?.is_none_or(|len| len != 0))
    }

    /// The length of `object`, if it has one.
    ///
    /// # Errors
    /// What a class's `__len__` raises.
    pub fn try_len(&self, object: Obj) -> Res<Option<usize>> {
        if let Some(text) = self.as_str(object) {
            return Ok(Some(crate::text::utf8::count(text)));
        }
        match self.type_of(object).unary_op {
            Some(unary_op) => {
                let len = unary_op(self, UnaryOp::Len, object)?;
                Ok(len.and_then(Obj::as_small_int).and_then(|len| usize::try_from(len).ok()))
            }
            None => Ok(None),
        }
    }

    /// `len(object)`
    ///
    /// # Errors
    /// `TypeError` if it has none, and what a class's `__len__` raises.
    pub fn len(&self, object: Obj) -> Res<usize> {
        match self.try_len(object)? {
            Some(len) => Ok(len),
            None => Err(self.type_error(format_args!("object of type '{}' has no len()", self.type_name(object)))),
        }
    }
}
