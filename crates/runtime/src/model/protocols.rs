//! What lower rooms ask of the protocols of the language: the contracts, which `ops` implements.

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
    /// Whether two values are equal, as far as `==` has a truth.
    ///
    /// # Errors
    /// What a class's `__eq__` raises; `RuntimeError` if they are nested too deep.
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
    /// `TypeError` if they have no order, and what a class's `__lt__` raises.
    fn less(&self, left: Obj, right: Obj) -> Res<bool>;

    /// Compares two sequences of items, each given by its number, with `op`, which is an order or equality.
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
    /// `TypeError` if it cannot be iterated over, and what a class's `__iter__` raises.
    fn iter(&self, object: Obj) -> Res;

    /// As [`Iterate::iter`], for a built-in that runs through the items itself.
    ///
    /// # Errors
    /// As [`Iterate::iter`].
    fn each(&self, object: Obj) -> Res<Each>;

    /// The next item of an iterator, or `None` at its end, for a built-in: an endless iteration looks at pending
    /// events, so that it can be ended. What a generator returned then is in `take_returned`.
    ///
    /// # Errors
    /// `TypeError` if it is no iterator, what computing the item raises, and as
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

/// Types of objects: asked for, compared, made.
pub trait Classes {
    /// Makes a class named `name` that derives from `bases`, with attributes `locals`.
    ///
    /// # Errors
    /// `TypeError` if the bases do not fit, and `MemoryError`.
    fn new_class(&self, name: Qstr, bases: Gc<Tuple>, locals: Gc<Dict>) -> Res<Gc<Type>>;

    /// The type of `object`.
    fn type_of(&self, object: Obj) -> Gc<Type>;

    /// Whether `object` is of type `ty`, or one derived from it.
    fn is_instance(&self, object: Obj, ty: &'static Type) -> bool;

    /// Whether `ty` is `base` or derived from it.
    fn is_subtype(&self, ty: Gc<Type>, base: &'static Type) -> bool;

    /// Whether `ty` is `base` or derived from it.
    fn is_subclass(&self, ty: Gc<Type>, base: Gc<Type>) -> bool;

    /// Whether `ty` is or derives from `classes`, a type or a tuple of types.
    ///
    /// # Errors
    /// `TypeError` if it is neither.
    fn is_subclass_of(&self, ty: Gc<Type>, classes: Obj) -> Res<bool>;

    /// The name of the type of `object`, for messages.
    fn type_name(&self, object: Obj) -> &str;

    /// The spelling of `name`, for messages.
    fn name_str(&self, name: Qstr) -> &str;
}

/// Strings as objects, and objects as strings.
pub trait Strs {
    /// A string that holds a copy of `bytes`, which are UTF-8: the name, if it is interned.
    ///
    /// # Errors
    /// `MemoryError`.
    fn new_str(&self, bytes: &[u8]) -> Res;

    /// A string that holds a copy of `bytes`, which come from where they need not be UTF-8.
    ///
    /// # Errors
    /// `UnicodeError` if they are not, and `MemoryError`.
    fn new_str_checked(&self, bytes: &[u8]) -> Res;

    /// The string of one character.
    ///
    /// # Errors
    /// `MemoryError`.
    fn new_char(&self, point: u32) -> Res;

    /// The bytes of a string or bytes object.
    ///
    /// # Errors
    /// `TypeError` if it is neither.
    fn str_or_bytes(&self, object: Obj) -> Res<&[u8]>;

    /// The bytes of `object`, if that is exactly a string or bytes object. They are there as long as the collector sees
    /// it.
    fn as_str_or_bytes(&self, object: Obj) -> Option<&[u8]>;

    /// The name that a string spells.
    ///
    /// # Errors
    /// `TypeError` if it is no string.
    fn to_name(&self, object: Obj) -> Res<Qstr>;

    /// Raises `TypeError` for something that is used as a string.
    fn bad_conversion(&self, object: Obj) -> Raised;

    /// The text of `object`, if that is exactly a string. It is there as long as the collector sees the string.
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

    /// The low bits of an integral object, as two's complement.
    ///
    /// # Errors
    /// `TypeError` if it is not integral.
    fn int_truncated(&self, object: Obj) -> Res<usize>;

    /// The value of an int object as a machine word with sign, if it fits.
    fn int_to_isize(&self, int: Obj) -> Option<isize>;

    /// The float's whole part as an int.
    ///
    /// # Errors
    /// `OverflowError` for infinities, `ValueError` for what is no number.
    fn int_of_float(&self, value: f64) -> Res;
}
