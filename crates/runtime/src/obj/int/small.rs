//! Operators on small ints.

use berus_mpy::opcode::BinaryOp;

use super::large;
use crate::error::Res;
use crate::obj::float;
use crate::ops::arithmetic::plain;
use crate::vm::Vm;
use crate::word::Obj;

/// An operand as a value again: it was a small int.
fn word(value: isize) -> Obj {
    Obj::small_int_wrapping(value)
}

/// A binary operator on small ints.
#[inline(always)]
pub fn binary_small(vm: &Vm, op: BinaryOp, a: isize, b: isize) -> Res {
    use BinaryOp::*;
    let result = match op {
        Less => return Ok(Obj::bool(a < b)),
        More => return Ok(Obj::bool(a > b)),
        Equal | Is => return Ok(Obj::bool(a == b)),
        LessEqual => return Ok(Obj::bool(a <= b)),
        MoreEqual => return Ok(Obj::bool(a >= b)),
        NotEqual => return Ok(Obj::bool(a != b)),
        Add | InplaceAdd => a + b,
        Subtract | InplaceSubtract => a - b,
        And | InplaceAnd => a & b,
        Or | InplaceOr => a | b,
        Xor | InplaceXor => a ^ b,
        Multiply | InplaceMultiply => match a.checked_mul(b) {
            Some(product) => product,
            None => return large::binary(vm, op, word(a), word(b)),
        },
        FloorDivide | InplaceFloorDivide if b != 0 => floor_divide(a, b),
        Modulo | InplaceModulo if b != 0 => modulo(a, b),
        _ => return binary_small_rest(vm, op, a, b),
    };
    vm.new_int(result)
}

#[inline(never)]
fn binary_small_rest(vm: &Vm, op: BinaryOp, a: isize, b: isize) -> Res {
    use BinaryOp::*;
    match plain(op) {
        FloorDivide | Modulo => Err(vm.divide_by_zero()),
        TrueDivide => float_result(vm, op, a, b),
        Lshift | Rshift if b < 0 => Err(vm.negative_shift()),
        Lshift => {
            let shifted = a.checked_shl(b.min(1 << 20) as u32).filter(|shifted| shifted >> b == a);
            match shifted {
                Some(shifted) => vm.new_int(shifted),
                None => large::binary(vm, Lshift, word(a), word(b)),
            }
        }
        Rshift => vm.new_int(a >> b.min(isize::BITS as isize - 1)),
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
                _ => Err(vm.unsupported_binary(op, a, b)),
            }
        }
    }
}

/// An operator whose result is a float.
fn float_result(vm: &Vm, op: BinaryOp, a: isize, b: isize) -> Res {
    match float::binary(vm, op, a as f64, b as f64)? {
        Some(value) => Ok(value),
        None => Err(vm.unsupported_binary(op, word(a), word(b))),
    }
}

/// `a // b` for `b` other than 0.
fn floor_divide(a: isize, b: isize) -> isize {
    let quotient = a.wrapping_div(b);
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

/// `a % b` for `b` other than 0.
fn modulo(a: isize, b: isize) -> isize {
    let remainder = a.wrapping_rem(b);
    if remainder != 0 && (remainder < 0) != (b < 0) { remainder + b } else { remainder }
}
