//! Operators on numbers and text, which the protocols try before they ask a type's slots: the contract, which `obj`
//! implements.

use berus_mpy::opcode::BinaryOp;

use crate::model::error::Res;
use crate::model::word::Obj;

/// Operators of the types that programs use most.
pub(crate) trait Numbers {
    /// The value `NotImplemented`, with which an operator method refuses its operands.
    const NOT_IMPLEMENTED: Obj;

    /// A binary operator on two small ints.
    ///
    /// # Errors
    /// `ZeroDivisionError`, and what else the operator raises.
    fn of_small_ints(&self, op: BinaryOp, a: isize, b: isize) -> Res;

    /// A binary operator on two floats; `None` if floats do not have the operator.
    ///
    /// # Errors
    /// `ZeroDivisionError`, and what else the operator raises.
    fn of_floats(&self, op: BinaryOp, a: f64, b: f64) -> Res<Option<Obj>>;

    /// A binary operator on two strings, if it is `+` or a comparison, which are often used; else `None`, as for other
    /// operands.
    ///
    /// # Errors
    /// `MemoryError`.
    fn of_text(&self, op: BinaryOp, a: Obj, b: Obj) -> Res<Option<Obj>>;

    /// Whether `object` is an int that is no small integer.
    fn is_large(object: Obj) -> bool;

    /// The value of `object`, if it is a float.
    fn as_float(object: Obj) -> Option<f64>;
}
