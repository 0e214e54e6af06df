//! Operators on numbers and text, which the protocols try before they ask a type's slots: the contract, which `obj`
//! implements.

use berus_mpy::opcode::BinaryOp;

use crate::model::error::Res;
use crate::model::word::Obj;

/// Operators of the types that are asked most.
pub(crate) trait Numbers {
    /// What an operator answers that does not know its operands.
    const NOT_IMPLEMENTED: Obj;

    /// A binary operator on two small ints.
    ///
    /// # Errors
    /// `ZeroDivisionError` and the like.
    fn of_small_ints(&self, op: BinaryOp, a: isize, b: isize) -> Res;

    /// A binary operator on two floats; `None` if floats do not have the operator.
    ///
    /// # Errors
    /// `ZeroDivisionError` and the like.
    fn of_floats(&self, op: BinaryOp, a: f64, b: f64) -> Res<Option<Obj>>;

    /// A binary operator on two strings or two bytes objects; `None` if there is more to the operator.
    ///
    /// # Errors
    /// `MemoryError`.
    fn of_text(&self, op: BinaryOp, a: Obj, b: Obj) -> Res<Option<Obj>>;

    /// Whether `object` is an int that does not fit a word.
    fn is_large(object: Obj) -> bool;

    /// The value of a float.
    fn as_float(object: Obj) -> Option<f64>;
}
