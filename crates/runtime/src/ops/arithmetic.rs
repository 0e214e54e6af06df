//! Unary and binary operators.
//!
//! Operations on small integers and floats are done directly. For other operands, the left operand's type is asked,
//! then the right operand's type for its reflected operator.

use berus_mpy::opcode::BinaryOp;

use crate::data::exception::Exceptions;
use crate::data::instance::{Instance, NativeBase};
use crate::model::error::{Raise, Raised, Res};
use crate::model::layout::Tuple;
use crate::model::numbers::Numbers;
use crate::model::protocols::{Classes, Compare, Ints};
use crate::model::types::{UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::attr::call_special;
use crate::ops::subscr::Subscripts;
use crate::ops::truth::Truth;

/// Unary and binary operators.
pub trait Arithmetic {
    /// The result of a unary operator, or of another operation on one object.
    ///
    /// # Errors
    /// `TypeError` if the object's type does not have the operation, and what a class's method raises.
    fn unary_op(&self, op: UnaryOp, object: Obj) -> Res;

    /// The result of a binary operator.
    ///
    /// # Errors
    /// `TypeError` if neither operand has the operator, and what the operation raises.
    fn binary_op(&self, op: BinaryOp, left: Obj, right: Obj) -> Res;

    /// `divmod(left, right)`
    ///
    /// # Errors
    /// `ZeroDivisionError`, and `TypeError` if the operands are not numbers and have no `__divmod__`.
    fn divmod(&self, left: Obj, right: Obj) -> Res;

    /// Whether `object` is an int, and no bool.
    fn is_int(&self, object: Obj) -> bool;

    /// Whether `object` is an int or bool.
    fn is_int_or_bool(&self, object: Obj) -> bool;
}

impl Arithmetic for Vm {
    fn unary_op(&self, op: UnaryOp, object: Obj) -> Res {
        if op == UnaryOp::Not {
            return Ok(Obj::bool(!self.truth(object)?));
        }
        if let Some(value) = object.as_small_int() {
            match op {
                UnaryOp::Negative => return self.new_int(-value),
                UnaryOp::Abs => return self.new_int(value.abs()),
                UnaryOp::Invert => return Ok(Obj::small_int_wrapping(!value)),
                UnaryOp::Positive => return Ok(object),
                _ => {}
            }
        }
        self.check_depth()?;
        if let Some(unary_op) = self.type_of(object).slots.unary_op()
            && let Some(result) = unary_op(self, op, object)?
        {
            return Ok(result);
        }
        Err(self.type_error(format_args!("unsupported type for {}: '{}'", unary_name(op), self.type_name(object))))
    }

    #[inline]
    fn binary_op(&self, op: BinaryOp, left: Obj, right: Obj) -> Res {
        if let (Some(a), Some(b)) = (left.as_small_int(), right.as_small_int()) {
            return self.of_small_ints(op, a, b);
        }
        binary_of_others(self, op, left, right)
    }

    fn divmod(&self, left: Obj, right: Obj) -> Res {
        if is_number(self, left) && is_number(self, right) {
            let quotient = self.binary_op(BinaryOp::FloorDivide, left, right)?;
            let remainder = self.binary_op(BinaryOp::Modulo, left, right)?;
            return Ok(Tuple::new(self, &[quotient, remainder])?.obj());
        }
        for (name, own, other) in [(crate::q!("__divmod__"), left, right), (crate::q!("__rdivmod__"), right, left)] {
            if let Some(value) = call_special(self, own, name, &[other])?
                && value != Vm::NOT_IMPLEMENTED
            {
                return Ok(value);
            }
        }
        let (own, other) = (self.native_base(left), self.native_base(right));
        if own.is_some() || other.is_some() {
            return self.divmod(own.unwrap_or(left), other.unwrap_or(right));
        }
        Err(self.type_error(format_args!(
            "unsupported types for __divmod__: '{}', '{}'",
            self.type_name(left),
            self.type_name(right)
        )))
    }

    fn is_int(&self, object: Obj) -> bool {
        object.is_small_int() || Vm::is_large(object)
    }

    fn is_int_or_bool(&self, object: Obj) -> bool {
        object.is_small_int() || object.as_bool().is_some() || Vm::is_large(object)
    }
}

/// `abs(object)`
///
/// # Errors
/// As [`Arithmetic::unary_op`].
pub(crate) fn abs(vm: &Vm, object: Obj) -> Res {
    vm.unary_op(UnaryOp::Abs, object)
}

/// The values of two floats, or of a float and a small integer.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn floats(a: Obj, b: Obj) -> Option<(f64, f64)> {
    match (Vm::as_float(a), Vm::as_float(b)) {
        (Some(a), Some(b)) => Some((a, b)),
        (Some(a), None) => b.as_small_int().map(|b| (a, b as f64)),
        (None, Some(b)) => a.as_small_int().map(|a| (a as f64, b)),
        (None, None) => None,
    }
}

/// A binary operator on operands that are not two small ints.
#[inline(never)]
fn binary_of_others(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res {
    if let Some((a, b)) = floats(left, right)
        && let Some(result) = vm.of_floats(op, a, b)?
    {
        return Ok(result);
    }
    binary_of_objects(vm, op, left, right)
}

/// A binary operator on operands that are neither two small ints, nor numbers of which one is a float and that have the
/// operator.
///
/// # Errors
/// As [`Arithmetic::binary_op`].
#[inline(never)]
pub(crate) fn binary_of_objects(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res {
    if let Some(result) = vm.of_text(op, left, right)? {
        return Ok(result);
    }
    match op {
        BinaryOp::Is => return Ok(Obj::bool(left == right)),
        BinaryOp::Equal => return vm.equality(left, right),
        BinaryOp::NotEqual => return vm.inequality(left, right),
        BinaryOp::In => return Ok(Obj::bool(vm.contains(right, left)?)),
        BinaryOp::ExceptionMatch => return Ok(Obj::bool(vm.exception_matches(left, right)?)),
        _ => {}
    }
    match try_binary_op(vm, op, left, right)? {
        Some(result) => Ok(result),
        None => Err(unsupported_binary(vm, op, left, right)),
    }
}

/// Raises `TypeError`, since the operands do not have the operator. As in MicroPython, the message names the plain
/// operator for an in-place one, and calls a bool "int" if its type was asked.
#[cold]
pub(crate) fn unsupported_binary(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Raised {
    let op = plain(op);
    let asked = |operand: Obj, is_asked: bool| match operand.as_bool() {
        Some(_) if is_asked => "int",
        _ => vm.type_name(operand),
    };
    let is_reflected = mirrored(op) == Some(op);
    let (name, left, right) = (op.method(), asked(left, true), asked(right, is_reflected));
    vm.type_error(format_args!("unsupported types for {name}: '{left}', '{right}'"))
}

/// Asks the types of both operands; `None` if neither has the operator.
pub(crate) fn try_binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    vm.check_depth()?;
    let left_op = vm.type_of(left).slots.binary_op();
    let plain = plain(op);
    let derives = is_of_derived_class(vm, right, left);
    if derives && let Some(result) = reverse_op(vm, plain, left, right)? {
        return Ok(Some(result));
    }
    for op in [op, plain] {
        if let Some(left_op) = left_op
            && let Some(result) = left_op(vm, op, left, right)?
        {
            return Ok(Some(result));
        }
        if op == plain {
            break;
        }
    }
    if derives { of_base(vm, op, left, right) } else { after_left(vm, op, left, right) }
}

/// The value of an operator after the left operand's type has been asked in vain; `None` if there is none.
fn after_left(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    match reverse_op(vm, plain(op), left, right)? {
        Some(result) => Ok(Some(result)),
        None => of_base(vm, op, left, right),
    }
}

/// The value of an operator whose left operand, an instance of a class that derives from no built-in type, has answered
/// `NotImplemented`.
///
/// # Errors
/// As [`Arithmetic::binary_op`].
#[cfg(berus_tier)]
pub(crate) fn binary_declined(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res {
    match after_left(vm, op, left, right)? {
        Some(result) => Ok(result),
        None => Err(unsupported_binary(vm, op, left, right)),
    }
}

/// The value of an operator whose right operand has an object of a built-in type inside, by that object.
fn of_base(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    // An instance of a class derived from a built-in type is as good as the object that it has inside.
    match vm.native_base(right) {
        Some(right) => vm.binary_op(op, left, right).map(Some),
        None => Ok(None),
    }
}

/// Asks the right operand's type, as `a < b` may be answered by `b > a`; `None` if that type does not have the
/// operator.
fn reverse_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    match (vm.type_of(right).slots.reverse_op(), mirrored(op)) {
        (Some(reverse), Some(mirrored)) => reverse(vm, mirrored, right, left),
        _ => Ok(None),
    }
}

/// Whether `object` is an instance of a class that a program derives from the built-in type of `other`. The operators
/// of such an instance come first.
pub(crate) fn is_of_derived_class(vm: &Vm, object: Obj, other: Obj) -> bool {
    Instance::of(object).is_some_and(|instance| {
        let ty = vm.type_of(other);
        instance.base().is_some() && !ty.has(flag::HEAP) && vm.is_subclass(instance.class(), ty)
    })
}

/// Whether `object` is an int, bool or float.
fn is_number(vm: &Vm, object: Obj) -> bool {
    if Vm::as_float(object).is_some() {
        return true;
    }
    vm.is_int_or_bool(object)
}

/// The operator of which `op` is the in-place form, or `op`.
pub fn plain(op: BinaryOp) -> BinaryOp {
    use BinaryOp::*;
    match op {
        InplaceOr => Or,
        InplaceXor => Xor,
        InplaceAnd => And,
        InplaceLshift => Lshift,
        InplaceRshift => Rshift,
        InplaceAdd => Add,
        InplaceSubtract => Subtract,
        InplaceMultiply => Multiply,
        InplaceMatMultiply => MatMultiply,
        InplaceFloorDivide => FloorDivide,
        InplaceTrueDivide => TrueDivide,
        InplaceModulo => Modulo,
        InplacePower => Power,
        op => op,
    }
}

/// The operator that the right operand is asked for when the left one does not know the answer: comparisons turn
/// around, arithmetic is reflected. `None` for operators that only the left operand is asked for.
fn mirrored(op: BinaryOp) -> Option<BinaryOp> {
    use BinaryOp::*;
    match op {
        Less => Some(More),
        More => Some(Less),
        LessEqual => Some(MoreEqual),
        MoreEqual => Some(LessEqual),
        Or | Xor | And | Lshift | Rshift | Add | Subtract | Multiply | MatMultiply | FloorDivide | TrueDivide
        | Modulo | Power => Some(op),
        _ => None,
    }
}

/// The method that messages name for a unary operator.
fn unary_name(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Positive => "__pos__",
        UnaryOp::Negative => "__neg__",
        UnaryOp::Invert => "__invert__",
        UnaryOp::Not | UnaryOp::Bool => "__bool__",
        UnaryOp::Len => "__len__",
        UnaryOp::Hash => "__hash__",
        UnaryOp::Abs => "__abs__",
        UnaryOp::Int => "__int__",
        UnaryOp::Float => "__float__",
        UnaryOp::Complex => "__complex__",
        UnaryOp::Sizeof => "__sizeof__",
    }
}
