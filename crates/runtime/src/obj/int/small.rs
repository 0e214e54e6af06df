//! Operators on small ints.

use berus_mpy::opcode::BinaryOp;

use crate::data::exception::Exceptions;
use crate::model::error::Res;
use crate::model::protocols::Ints;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::float;
use crate::obj::int::{divide_by_zero, large, negative_shift};
use crate::ops::arithmetic::{plain, unsupported_binary};
use crate::ops::subscr::Subscripts;

/// The small int of an operand's value.
#[cfg_attr(not(feature = "small"), inline(always))]
fn word(value: isize) -> Obj {
    Obj::small_int_wrapping(value)
}

/// The values of two words, if both are small ints.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn both_small(a: usize, b: usize) -> Option<(isize, isize)> {
    if a & b & 1 != 0 { Some((a as isize >> 1, b as isize >> 1)) } else { None }
}

/// A binary operator on small ints whose result is a small int, too, or a bool; `None` if the operator raises or has
/// another result.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn short(op: BinaryOp, a: isize, b: isize) -> Option<Obj> {
    use BinaryOp::*;
    match op {
        Add | InplaceAdd => Obj::small_int(a + b),
        Subtract | InplaceSubtract => Obj::small_int(a - b),
        Multiply | InplaceMultiply => a.checked_mul(b).and_then(Obj::small_int),
        FloorDivide | InplaceFloorDivide if b != 0 => Obj::small_int(floor_divide(a, b)),
        Modulo | InplaceModulo if b != 0 => Some(word(modulo(a, b))),
        Lshift | InplaceLshift => shifted(a, b),
        Rshift | InplaceRshift if b >= 0 => Some(word(a >> b.min(isize::BITS as isize - 1))),
        Or | InplaceOr => Some(word(a | b)),
        Xor | InplaceXor => Some(word(a ^ b)),
        And | InplaceAnd => Some(word(a & b)),
        Less => Some(Obj::bool(a < b)),
        More => Some(Obj::bool(a > b)),
        LessEqual => Some(Obj::bool(a <= b)),
        MoreEqual => Some(Obj::bool(a >= b)),
        Equal | Is => Some(Obj::bool(a == b)),
        NotEqual => Some(Obj::bool(a != b)),
        _ => None,
    }
}

/// `a << b`, if the result is a small int.
#[cfg_attr(not(feature = "small"), inline(always))]
fn shifted(a: isize, b: isize) -> Option<Obj> {
    if !(0..Obj::SMALL_INT_BITS as isize).contains(&b) {
        return None;
    }
    let value = a << b;
    if value >> b == a { Obj::small_int(value) } else { None }
}

/// A binary operator on small ints.
#[cfg_attr(not(feature = "small"), inline(always))]
pub fn binary_small(vm: &Vm, op: BinaryOp, a: isize, b: isize) -> Res {
    match short(op, a, b) {
        Some(result) => Ok(result),
        None => long(vm, op, a, b),
    }
}

/// A binary operator on small ints, if [`short`] does not know its result.
///
/// # Errors
/// `ZeroDivisionError`, `ValueError` for negative shifts, `TypeError` if ints do not have the operator.
#[inline(never)]
pub(crate) fn long(vm: &Vm, op: BinaryOp, a: isize, b: isize) -> Res {
    use BinaryOp::*;
    match plain(op) {
        Add => vm.new_int(a + b),
        Subtract => vm.new_int(a - b),
        Multiply => large::binary(vm, op, word(a), word(b)),
        FloorDivide | Modulo if b == 0 => Err(divide_by_zero(vm)),
        FloorDivide => vm.new_int(floor_divide(a, b)),
        TrueDivide => float_result(vm, op, a, b),
        Lshift | Rshift if b < 0 => Err(negative_shift(vm)),
        Lshift => {
            let shifted = a.checked_shl(b.min(1 << 20) as u32).filter(|shifted| shifted >> b == a);
            match shifted {
                Some(shifted) => vm.new_int(shifted),
                None => large::binary(vm, Lshift, word(a), word(b)),
            }
        }
        Power if b < 0 => float_result(vm, op, a, b),
        Power => match u32::try_from(b).ok().and_then(|b| a.checked_pow(b)) {
            Some(power) => vm.new_int(power),
            None => large::binary(vm, Power, word(a), word(b)),
        },
        plain => {
            let (a, b) = (word(a), word(b));
            match plain {
                In => Ok(Obj::bool(vm.contains(b, a)?)),
                ExceptionMatch => Ok(Obj::bool(vm.exception_matches(a, b)?)),
                _ => Err(unsupported_binary(vm, op, a, b)),
            }
        }
    }
}

/// An operator whose result is a float.
fn float_result(vm: &Vm, op: BinaryOp, a: isize, b: isize) -> Res {
    match float::binary(vm, op, a as f64, b as f64)? {
        Some(value) => Ok(value),
        None => Err(unsupported_binary(vm, op, word(a), word(b))),
    }
}

/// `a // b` for `b` other than 0.
#[inline]
fn floor_divide(a: isize, b: isize) -> isize {
    let quotient = a.wrapping_div(b);
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

/// `a % b` for `b` other than 0.
#[inline]
fn modulo(a: isize, b: isize) -> isize {
    let remainder = a.wrapping_rem(b);
    if remainder != 0 && (remainder < 0) != (b < 0) { remainder + b } else { remainder }
}
