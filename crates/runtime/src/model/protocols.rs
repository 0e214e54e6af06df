//! The protocols of the language that lower rooms ask for: the contracts, which `ops` implements.

use berus_mpy::opcode::BinaryOp;

use crate::model::each::Each;
use crate::model::error::{Raised, Res};
use crate::model::layout::{Dict, List, Tuple};
use crate::model::object::Gc;
use crate::model::types::Type;
use crate::model::word::Obj;
use crate::qstr::Qstr;

/// Comparisons of objects.
pub trait Compare {
    /// Whether `left == right` is true.
    ///
    /// # Errors
    /// What a class's `__eq__` raises; `RuntimeError` if the values are nested too deep.
    fn equal(&self, left: Obj, right: Obj) -> Res<bool>;

    /// `left == right`
    ///
    /// # Errors
    /// As [`Compare::equal`].
    fn equality(&self, left: Obj, right: Obj) -> Res;

    /// `left != right`
    ///
    /// # Errors
    /// As [`Compare::equal`].
    fn inequality(&self, left: Obj, right: Obj) -> Res;

    /// Whether `left < right`.
    ///
    /// # Errors
    /// `TypeError` if the values have no order, and what a class's `__lt__` raises.
    fn less(&self, left: Obj, right: Obj) -> Res<bool>;

    /// Compares two sequences with `op`, an order or equality. `left` and `right` give the item of an index, `None`
    /// beyond the end.
    ///
    /// # Errors
    /// What comparing items raises.
    fn compare_items(
        &self,
        op: BinaryOp,
        left: impl Fn(usize) -> Option<Obj>,
        right: impl Fn(usize) -> Option<Obj>,
    ) -> Res;
}

/// Hashes of objects.
pub trait Hash {
    /// `hash(object)`
    ///
    /// # Errors
    /// `TypeError` if the object cannot be hashed, and what a class's `__hash__` raises.
    fn hash(&self, object: Obj) -> Res<usize>;
}

/// Iteration over objects.
pub trait Iterate {
    /// `iter(object)`
    ///
    /// # Errors
    /// `TypeError` if `object` cannot be iterated over, and what a class's `__iter__` raises.
    fn iter(&self, object: Obj) -> Res;

    /// As [`Iterate::iter`], for a built-in that runs through the items itself.
    ///
    /// # Errors
    /// As [`Iterate::iter`].
    fn each(&self, object: Obj) -> Res<Each>;

    /// The next item of an iterator, or `None` at its end, for a built-in: an endless iteration looks at pending
    /// events, so that it can be ended. What a generator returned at its end is in
    /// [`Vm::take_returned`](crate::model::vm::Vm::take_returned).
    ///
    /// # Errors
    /// `TypeError` if `iterator` is no iterator, what computing the item raises, and as
    /// [`Poll::poll`](crate::model::events::Poll::poll).
    fn next(&self, iterator: Obj) -> Res<Option<Obj>>;

    /// A list of the items of `object`.
    ///
    /// # Errors
    /// As [`Iterate::iter`] and [`Iterate::next`].
    fn to_list(&self, object: Obj) -> Res<Gc<List>>;

    /// Turns a raised `StopIteration` into the end of an iteration.
    ///
    /// # Errors
    /// Any other exception.
    fn end_at_stop(&self, result: Res) -> Res<Option<Obj>>;
}

/// The types of objects, how types derive from each other, and new classes.
pub trait Classes {
    /// Makes a class named `name` that derives from `bases`, with attributes `locals`.
    ///
    /// # Errors
    /// `TypeError` if the bases do not fit, and `MemoryError`.
    fn new_class(&self, name: Qstr, bases: Gc<Tuple>, locals: Gc<Dict>) -> Res<Gc<Type>>;

    /// The type of `object`.
    fn type_of(&self, object: Obj) -> Gc<Type>;

    /// Whether `object` is of type `ty` or of a type that derives from `ty`.
    fn is_instance(&self, object: Obj, ty: &'static Type) -> bool;

    /// Whether `ty` is `base` or derived from it.
    fn is_subtype(&self, ty: Gc<Type>, base: &'static Type) -> bool;

    /// Whether `ty` is `base` or derived from it.
    fn is_subclass(&self, ty: Gc<Type>, base: Gc<Type>) -> bool;

    /// Whether `ty` is or derives from `classes`, or one of them: a type or a tuple of types.
    ///
    /// # Errors
    /// `TypeError` if `classes` is neither.
    fn is_subclass_of(&self, ty: Gc<Type>, classes: Obj) -> Res<bool>;

    /// The name of the type of `object`, for messages.
    fn type_name(&self, object: Obj) -> &str;

    /// The spelling of `name`, for messages.
    fn name_str(&self, name: Qstr) -> &str;
}

/// Strings as objects, and objects as strings.
pub trait Strs {
    /// The string with the text `bytes`, which are UTF-8: the interned name, if there is one of this spelling, else a
    /// string with a copy.
    ///
    /// # Errors
    /// `MemoryError`.
    fn new_str(&self, bytes: &[u8]) -> Res;

    /// As [`Strs::new_str`], for bytes that need not be UTF-8.
    ///
    /// # Errors
    /// `UnicodeError` if the bytes are not UTF-8, and `MemoryError`.
    fn new_str_checked(&self, bytes: &[u8]) -> Res;

    /// The string of the one character `point`.
    ///
    /// # Errors
    /// `MemoryError`.
    fn new_char(&self, point: u32) -> Res;

    /// The bytes of a string or bytes object.
    ///
    /// # Errors
    /// `TypeError` if `object` is neither.
    fn str_or_bytes(&self, object: Obj) -> Res<&[u8]>;

    /// The bytes of `object`, if its type is exactly `str` or `bytes`. The bytes stay as long as the collector sees the
    /// object.
    fn as_str_or_bytes(&self, object: Obj) -> Option<&[u8]>;

    /// The name that a string spells.
    ///
    /// # Errors
    /// `TypeError` if `object` is no string.
    fn to_name(&self, object: Obj) -> Res<Qstr>;

    /// Raises `TypeError` for `object`, which is used as a string but is none.
    fn bad_conversion(&self, object: Obj) -> Raised;

    /// The text of `object`, if its type is exactly `str`. The text stays as long as the collector sees the string.
    fn as_str(&self, object: Obj) -> Option<&[u8]>;

    /// The name that a string spells, interned now if it was not. `None` if `object` is no string.
    ///
    /// # Errors
    /// `MemoryError`.
    fn as_name(&self, object: Obj) -> Res<Option<Qstr>>;
}

/// Ints as objects, and objects as ints.
pub trait Ints {
    /// The int `value`.
    ///
    /// # Errors
    /// `MemoryError`.
    fn new_int(&self, value: isize) -> Res;

    /// The int `value`.
    ///
    /// # Errors
    /// `MemoryError`.
    fn new_uint(&self, value: usize) -> Res;

    /// The int `value`.
    ///
    /// # Errors
    /// `MemoryError`.
    fn new_i64(&self, value: i64) -> Res;

    /// The int `value`.
    ///
    /// # Errors
    /// `MemoryError`.
    fn new_u64(&self, value: u64) -> Res;

    /// Whether an int object is negative.
    fn int_is_negative(&self, int: Obj) -> bool;

    /// The lowest bits of an integral object's value in two's complement, as many as a word has.
    ///
    /// # Errors
    /// `TypeError` if `object` is not integral.
    fn int_truncated(&self, object: Obj) -> Res<usize>;

    /// The value of an int object as a signed word, if it fits.
    fn int_to_isize(&self, int: Obj) -> Option<isize>;

    /// The whole part of the float `value`, as an int.
    ///
    /// # Errors
    /// `OverflowError` for infinities, `ValueError` for NaN.
    fn int_of_float(&self, value: f64) -> Res;
}
