//! Truth and length.

use crate::error::Res;
use crate::types::UnaryOp;
use crate::vm::Vm;
use crate::word::Obj;

impl Vm {
    /// Whether `object` is true.
    ///
    /// # Errors
    /// What its type raises.
    #[inline]
    pub fn truth(&self, object: Obj) -> Res<bool> {
        if object == Obj::TRUE {
            return Ok(true);
        }
        if object == Obj::FALSE || object == Obj::NONE {
            return Ok(false);
        }
        match object.as_small_int() {
            Some(value) => Ok(value != 0),
            None => self.truth_of_object(object),
        }
    }

    fn truth_of_object(&self, object: Obj) -> Res<bool> {
        if let Some(text) = self.as_str(object) {
            return Ok(!text.is_empty());
        }
        if let Some(unary_op) = self.type_of(object).unary_op
            && let Some(answer) = unary_op(self, UnaryOp::Bool, object)?
        {
            return Ok(answer == Obj::TRUE);
        }
        Ok(self.try_len(object)? != Some(0))
    }

    /// The length of `object`, if it has one.
    ///
    /// # Errors
    /// What its type raises.
    pub fn try_len(&self, object: Obj) -> Res<Option<usize>> {
        match self.type_of(object).unary_op {
            Some(unary_op) => {
                let len = unary_op(self, UnaryOp::Len, object)?;
                Ok(len.and_then(Obj::as_small_int).and_then(|len| usize::try_from(len).ok()))
            }
            None => Ok(None),
        }
    }
}
