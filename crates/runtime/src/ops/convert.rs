//! Conversion of objects to the values that Rust code works with.

use core::cell::Cell;

use crate::data::instance::{Instance, NativeBase};
use crate::data::tuple::Tuples;
use crate::model::builtin_types::BuiltinTypes;
use crate::model::error::{Raise, Raised, Res};
use crate::model::layout::{List, Tuple};
use crate::model::numbers::Numbers;
use crate::model::object::{Gc, Object};
use crate::model::protocols::{Classes, Ints};
use crate::model::types::{Type, UnaryOp};
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// The items of a list or a tuple.
#[derive(Clone, Copy)]
pub enum Items {
    /// The items of a list, which Python code may change.
    List(Gc<List>),
    /// The items of a tuple.
    Tuple(Gc<Tuple>),
}

impl Items {
    /// How many items there are.
    pub fn len(self) -> usize {
        match self {
            Items::List(list) => list.len(),
            Items::Tuple(tuple) => tuple.items().len(),
        }
    }

    /// Whether there are no items.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Item number `index`.
    #[inline]
    pub fn get(self, index: usize) -> Option<Obj> {
        match self {
            Items::List(list) => list.get(index),
            Items::Tuple(tuple) => tuple.items().get(index).copied(),
        }
    }

    /// Copies the items to `cells`, as many as both have.
    pub(crate) fn copy_to(self, cells: &[Cell<Obj>]) {
        match self {
            Items::List(list) => cells.iter().zip(list.items()).for_each(|(to, from)| to.set(from.get())),
            Items::Tuple(tuple) => cells.iter().zip(tuple.items()).for_each(|(to, from)| to.set(*from)),
        }
    }
}

/// Objects as the values that a built-in needs: a number, an index, items.
pub trait Convert {
    /// `object` as an int object: an int itself, a bool as 0 or 1, an object of another type by [`UnaryOp::Int`].
    /// `None` if its type does not have that.
    ///
    /// # Errors
    /// What a class's `__int__` raises.
    fn try_int(&self, object: Obj) -> Res<Option<Obj>>;

    /// `object` as an int object.
    ///
    /// # Errors
    /// `TypeError` if `object` is not integral.
    fn to_int(&self, object: Obj) -> Res;

    /// The value of `object` as a signed word.
    ///
    /// # Errors
    /// `TypeError` if `object` is not integral, `OverflowError` if its value does not fit.
    fn int(&self, object: Obj) -> Res<isize>;

    /// `object` as an index of a sequence of `len` items of type `ty`; negative ones count from the end. `len` is asked
    /// again when the value of the index is known, since computing the value may run Python code that changes the
    /// sequence.
    ///
    /// # Errors
    /// `TypeError` if `object` is not integral, `IndexError` if there is no such item.
    fn index(&self, ty: &Type, len: impl Fn() -> usize, object: Obj) -> Res<usize>;

    /// `object` as an end of a part of a sequence of `len` items of type `ty`: from 0 to `len`.
    ///
    /// # Errors
    /// `TypeError` if `object` is not integral.
    fn bound(&self, ty: &Type, len: usize, object: Obj) -> Res<usize>;

    /// The `T` that a method of a built-in type was called on: `object` itself, or the object inside an instance of a
    /// class derived from that type.
    ///
    /// # Errors
    /// `TypeError` if `object` is something else.
    fn this<T: Object>(&self, object: Obj) -> Res<Gc<T>>;

    /// The items of `object`, if that is a list or tuple.
    fn as_items(&self, object: Obj) -> Option<Items>;

    /// The items of `object`, a list or tuple.
    ///
    /// # Errors
    /// `TypeError` if `object` is neither.
    fn items(&self, object: Obj) -> Res<Items>;

    /// The items of `object`, a list or tuple of `len` items.
    ///
    /// # Errors
    /// `TypeError` if `object` is neither, `ValueError` if it has another length.
    fn items_exactly(&self, object: Obj, len: usize) -> Res<Items>;
}

impl Convert for Vm {
    fn try_int(&self, object: Obj) -> Res<Option<Obj>> {
        if object.is_small_int() || Vm::is_large(object) {
            return Ok(Some(object));
        }
        if let Some(truth) = object.as_bool() {
            return Ok(Some(Obj::small_int_wrapping(truth.into())));
        }
        self.check_depth()?;
        match self.type_of(object).slots.unary_op() {
            Some(unary_op) => unary_op(self, UnaryOp::Int, object),
            None => Ok(None),
        }
    }

    fn to_int(&self, object: Obj) -> Res {
        match self.try_int(object)? {
            Some(int) => Ok(int),
            None => Err(self.type_error(format_args!("can't convert {} to int", self.type_name(object)))),
        }
    }

    #[inline]
    fn int(&self, object: Obj) -> Res<isize> {
        match object.as_small_int() {
            Some(value) => Ok(value),
            None => int_of_object(self, object),
        }
    }

    #[inline]
    fn index(&self, ty: &Type, len: impl Fn() -> usize, object: Obj) -> Res<usize> {
        if let Some(value) = object.as_small_int()
            && (value as usize) < len()
        {
            return Ok(value as usize);
        }
        let value = index_value(self, ty, object)?;
        checked_index(self, ty, len(), value)
    }

    fn bound(&self, ty: &Type, len: usize, object: Obj) -> Res<usize> {
        let value = match self.try_int(object)? {
            // A huge int is as good as the end.
            Some(int) => {
                self.int_to_isize(int).unwrap_or(if self.int_is_negative(int) { isize::MIN } else { isize::MAX })
            }
            None => index_value(self, ty, object)?,
        };
        let value = if value < 0 { value.saturating_add(len as isize) } else { value };
        Ok((value.max(0) as usize).min(len))
    }

    #[inline]
    fn this<T: Object>(&self, object: Obj) -> Res<Gc<T>> {
        match object.downcast::<T>() {
            Some(this) => Ok(this),
            None => match self.native_base(object).and_then(|native| native.downcast::<T>()) {
                Some(this) => Ok(this),
                None => Err(wrong_type(self)),
            },
        }
    }

    fn as_items(&self, object: Obj) -> Option<Items> {
        match object.downcast::<List>() {
            Some(list) => Some(Items::List(list)),
            None => self.as_tuple(object).map(Items::Tuple),
        }
    }

    fn items(&self, object: Obj) -> Res<Items> {
        match self.as_items(object) {
            Some(items) => Ok(items),
            None => Err(self.type_error(format_args!("object '{}' isn't a tuple or list", self.type_name(object)))),
        }
    }

    fn items_exactly(&self, object: Obj, len: usize) -> Res<Items> {
        let items = self.items(object)?;
        if items.len() == len {
            return Ok(items);
        }
        let have = items.len();
        Err(self.value_error(format_args!("requested length {len} but object has length {have}")))
    }
}

/// The exception for an argument that a method can do nothing with.
#[cold]
pub(crate) fn wrong_type(vm: &Vm) -> Raised {
    vm.type_error(format_args!("argument has wrong type"))
}

#[inline(never)]
fn int_of_object(vm: &Vm, object: Obj) -> Res<isize> {
    let int = vm.to_int(object)?;
    match vm.int_to_isize(int) {
        Some(value) => Ok(value),
        None => Err(vm.overflow_error(format_args!("overflow converting long int to machine word"))),
    }
}

#[inline(never)]
fn checked_index(vm: &Vm, ty: &Type, len: usize, value: isize) -> Res<usize> {
    let at = if value < 0 { len.checked_add_signed(value) } else { Some(value as usize) };
    match at {
        Some(at) if at < len => Ok(at),
        _ => Err(vm.index_error(format_args!("{} index out of range", sequence_name(vm, ty)))),
    }
}

/// The name that messages have for a type of sequences.
fn sequence_name<'a>(vm: &'a Vm, ty: &Type) -> &'a str {
    if core::ptr::eq(ty, Vm::STR) { "string" } else { ty.name().as_str(vm) }
}

#[inline(never)]
fn index_value(vm: &Vm, ty: &Type, object: Obj) -> Res<isize> {
    match vm.try_int(object)? {
        Some(int) if cfg!(feature = "python") && vm.int_to_isize(int).is_none() => {
            Err(vm.index_error(format_args!("cannot fit 'int' into an index-sized integer")))
        }
        Some(int) => vm.int(int),
        None => Err(vm.type_error(format_args!(
            "{} indices must be integers, not {}",
            sequence_name(vm, ty),
            vm.type_name(object)
        ))),
    }
}

/// The items that iterating over `object` gives, if it is a list or tuple. An instance of a class may iterate
/// otherwise.
pub(crate) fn as_iterated(vm: &Vm, object: Obj) -> Option<Items> {
    if Instance::of(object).is_some() { None } else { vm.as_items(object) }
}
