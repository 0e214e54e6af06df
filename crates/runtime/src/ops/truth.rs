//! Truth and length.

use crate::error::Res;
use crate::obj::list::List;
use crate::types::{UnaryOp, flag};
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
        self.check_depth()?;
        if let Some(unary_op) = self.type_of(object).slots.unary_op
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
            return Ok(Some(self.count_characters(text)));
        }
        let len = self.len_object(object)?;
        Ok(len.and_then(|len| self.int_to_isize(len)).and_then(|len| usize::try_from(len).ok()))
    }

    /// How many items an object of a built-in type will give, as far as that says so: how much room to make for them.
    pub(crate) fn known_len(&self, object: Obj) -> usize {
        let ty = self.type_of(object);
        let len = if ty.has(flag::HEAP) { Ok(None) } else { self.try_len(object) };
        match len {
            Ok(len) => len.unwrap_or(0),
            Err(raised) => {
                self.take_exception(raised);
                0
            }
        }
    }

    /// What `object`, which is no string, says its length is.
    fn len_object(&self, object: Obj) -> Res<Option<Obj>> {
        self.check_depth()?;
        match self.type_of(object).slots.unary_op {
            Some(unary_op) => unary_op(self, UnaryOp::Len, object),
            None => Ok(None),
        }
    }

    /// `len(object)`, which is what a class's `__len__` returns, whatever that is.
    ///
    /// # Errors
    /// `TypeError` if it has none, and what a class's `__len__` raises.
    pub fn len(&self, object: Obj) -> Res {
        if let Some(text) = self.as_str(object) {
            return Ok(Obj::small_int_wrapping(self.count_characters(text) as isize));
        }
        match self.len_object(object)? {
            Some(len) => Ok(len),
            None => Err(self.type_error(format_args!("object of type '{}' has no len()", self.type_name(object)))),
        }
    }
}
