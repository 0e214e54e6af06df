//! Truth and length.

use crate::model::error::{Raise, Res};
use crate::model::layout::List;
use crate::model::protocols::{Classes, Ints, Strs};
use crate::model::types::{UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::arithmetic::Arithmetic;
use crate::ops::convert::Convert;

/// Truth and length of objects.
pub trait Truth {
    /// `bool(object)`
    ///
    /// # Errors
    /// What a class's `__bool__` or `__len__` raises.
    fn truth(&self, object: Obj) -> Res<bool>;

    /// The length of `object`, if it has one.
    ///
    /// # Errors
    /// What a class's `__len__` raises.
    fn try_len(&self, object: Obj) -> Res<Option<usize>>;

    /// `len(object)`: for an instance of a class whatever its `__len__` returns.
    ///
    /// # Errors
    /// `TypeError` if `object` has no length, and what a class's `__len__` raises.
    fn len(&self, object: Obj) -> Res;
}

impl Truth for Vm {
    #[inline]
    fn truth(&self, object: Obj) -> Res<bool> {
        if let Some(truth) = object.as_bool() {
            return Ok(truth);
        }
        match object.as_small_int() {
            Some(value) => Ok(value != 0),
            None => Ok(object != Obj::NONE && truth_of_object(self, object)?),
        }
    }

    fn try_len(&self, object: Obj) -> Res<Option<usize>> {
        if let Some(text) = self.as_str(object) {
            return Ok(Some(self.count_characters(text)));
        }
        let len = len_object(self, object)?;
        Ok(len.and_then(|len| self.int_to_isize(len)).and_then(|len| usize::try_from(len).ok()))
    }

    fn len(&self, object: Obj) -> Res {
        #[cfg(not(feature = "small"))]
        if let Some(list) = object.downcast::<List>() {
            return Ok(Obj::small_int_wrapping(list.len() as isize));
        }
        if let Some(text) = self.as_str(object) {
            return Ok(Obj::small_int_wrapping(self.count_characters(text) as isize));
        }
        match len_object(self, object)? {
            Some(len) if cfg!(feature = "python") && len.as_small_int().is_none_or(|len| len < 0) => odd_len(self, len),
            Some(len) => Ok(len),
            None => Err(self.type_error(format_args!("object of type '{}' has no len()", self.type_name(object)))),
        }
    }
}

/// What a class's `__len__` has answered, if that can be a length.
#[cold]
fn odd_len(vm: &Vm, len: Obj) -> Res {
    if !vm.is_int_or_bool(len) {
        let name = vm.type_name(len);
        return Err(vm.type_error(format_args!("'{name}' object can't be interpreted as an integer")));
    }
    match vm.int(len)? {
        len @ 0.. => vm.new_int(len),
        _ => Err(vm.value_error(format_args!("__len__() should return >= 0"))),
    }
}

#[inline(never)]
fn truth_of_object(vm: &Vm, object: Obj) -> Res<bool> {
    if let Some(text) = vm.as_str(object) {
        return Ok(!text.is_empty());
    }
    if let Some(list) = object.downcast::<List>() {
        return Ok(!list.is_empty());
    }
    vm.check_depth()?;
    if let Some(unary_op) = vm.type_of(object).slots.unary_op()
        && let Some(truth) = unary_op(vm, UnaryOp::Bool, object)?
    {
        return Ok(truth == Obj::TRUE);
    }
    Ok(vm.try_len(object)?.is_none_or(|len| len != 0))
}

/// How many items to make room for before iterating over `object`: the length of an object of a built-in type, 0 if
/// that is not known.
pub(crate) fn known_len(vm: &Vm, object: Obj) -> usize {
    let ty = vm.type_of(object);
    let len = if ty.has(flag::HEAP) { Ok(None) } else { vm.try_len(object) };
    match len {
        Ok(len) => len.unwrap_or(0),
        Err(raised) => {
            vm.take_exception(raised);
            0
        }
    }
}

/// The length that `object`, which is no string, gives as an object; `None` if it has none.
fn len_object(vm: &Vm, object: Obj) -> Res<Option<Obj>> {
    vm.check_depth()?;
    match vm.type_of(object).slots.unary_op() {
        Some(unary_op) => unary_op(vm, UnaryOp::Len, object),
        None => Ok(None),
    }
}
