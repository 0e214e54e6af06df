//! Operators.
//!
//! Short operations are done at once, by functions without a stack frame; the rest is in functions of their own, to
//! which the short ones jump.

use berus_mpy::opcode::BinaryOp;

use crate::model::error::Raise;
use crate::model::layout::List;
use crate::model::types::UnaryOp;
use crate::model::word::{Obj, Slot};
use crate::native::border::{serve, vm};
use crate::native::foreign::{SENTINEL, adopt};
use crate::obj::{float, int};
use crate::ops::arithmetic::{Arithmetic, binary_of_objects, floats};
use crate::ops::subscr::Subscripts;
use crate::ops::truth::Truth;

/// `object[index]`, or with a value `object[index] = value`, or with null `del object[index]`.
pub(super) unsafe extern "C" fn subscr(object: Slot, index: Slot, value: usize) -> Obj {
    if let (Some(object), Some(at)) = (object, index.and_then(Obj::as_small_int))
        && let Some(list) = object.downcast::<List>()
        && let Some(item) = list.items().get(at as usize)
    {
        if value == SENTINEL {
            return item.get();
        }
        // SAFETY: machine code called. Any other word is a value, or null.
        if let (false, Some(value)) = unsafe { (vm().native.has_c_code(), Obj::from_bits(value)) } {
            item.set(value);
            return Obj::NONE;
        }
    }
    // SAFETY: as the caller says.
    unsafe { subscr_of_any(object, index, value) }
}

#[inline(never)]
unsafe extern "C" fn subscr_of_any(object: Slot, index: Slot, value: usize) -> Obj {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            let (object, index) = (adopt(vm, object)?, adopt(vm, index)?);
            // SAFETY: any other word is a value, or null.
            match Obj::from_bits(value) {
                Some(_) if value == SENTINEL => vm.load_subscr(object, index),
                Some(value) => vm.store_subscr(object, index, adopt(vm, value)?).map(|()| Obj::NONE),
                None => vm.delete_subscr(object, index).map(|()| Obj::NONE),
            }
        })
    }
}

pub(super) unsafe extern "C" fn is_true(object: Slot) -> bool {
    match object.and_then(Obj::as_bool) {
        Some(truth) => truth,
        // SAFETY: as the caller says.
        None => unsafe { is_true_of_any(object) },
    }
}

#[inline(never)]
unsafe extern "C" fn is_true_of_any(object: Slot) -> bool {
    // SAFETY: machine code called.
    unsafe { serve(|vm| vm.truth(adopt(vm, object)?)) }
}

/// The unary operators, by number (MicroPython: `py/runtime0.h`).
const UNARY: [UnaryOp; 12] = [
    UnaryOp::Positive,
    UnaryOp::Negative,
    UnaryOp::Invert,
    UnaryOp::Not,
    UnaryOp::Bool,
    UnaryOp::Len,
    UnaryOp::Hash,
    UnaryOp::Abs,
    UnaryOp::Int,
    UnaryOp::Float,
    UnaryOp::Complex,
    UnaryOp::Sizeof,
];

pub(super) unsafe extern "C" fn unary_op(op: u32, object: Slot) -> Obj {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| match UNARY.get(op as usize) {
            Some(&op) => vm.unary_op(op, adopt(vm, object)?),
            None => Err(vm.not_implemented(format_args!("opcode"))),
        })
    }
}

/// Binary operators that bytecode does not have, by number.
const DIVMOD: u32 = 35;
const CONTAINS: u32 = 36;

/// How a binary operator is entered: with its number and the operands.
type Operator = unsafe extern "C" fn(u32, Slot, Slot) -> Obj;

/// The functions of binary operators, by the operator's number: [`long_binary`] for operators without a short way.
static BINARY: [Operator; BinaryOp::ALL.len()] = {
    let mut table: [Operator; BinaryOp::ALL.len()] = [long_binary; BinaryOp::ALL.len()];
    macro_rules! set {
        ($($op:ident)*) => { $(table[BinaryOp::$op as usize] = short_binary::<{ BinaryOp::$op as u8 }>;)* };
    }
    set! {
        Add Subtract Multiply TrueDivide FloorDivide Modulo Or Xor And Lshift Rshift
        InplaceAdd InplaceSubtract InplaceMultiply InplaceTrueDivide InplaceFloorDivide InplaceModulo
        InplaceOr InplaceXor InplaceAnd InplaceLshift InplaceRshift
        Less More LessEqual MoreEqual Equal NotEqual
    }
    table
};

pub(super) unsafe extern "C" fn binary_op(op: u32, left: Slot, right: Slot) -> Obj {
    let operator = BINARY.get(op as usize).copied().unwrap_or(long_binary);
    // SAFETY: as the caller says.
    unsafe { operator(op, left, right) }
}

/// A binary operator on small integers.
unsafe extern "C" fn short_binary<const N: u8>(_: u32, left: Slot, right: Slot) -> Obj {
    let Some((a, b)) = int::both_small(left.map_or(0, Obj::bits), right.map_or(0, Obj::bits)) else {
        // SAFETY: as the caller says.
        return unsafe { float_binary::<N>(left, right) };
    };
    let op = const { BinaryOp::ALL[N as usize] };
    match int::short(op, a, b) {
        Some(result) => result,
        // SAFETY: as the caller says.
        None => unsafe { long_int_binary(op, a, b) },
    }
}

/// A binary operator on small integers that has no short way.
#[inline(never)]
unsafe extern "C" fn long_int_binary(op: BinaryOp, a: isize, b: isize) -> Obj {
    // SAFETY: machine code called.
    unsafe { serve(|vm| int::long(vm, op, a, b)) }
}

/// A binary operator on floats.
#[inline(never)]
unsafe extern "C" fn float_binary<const N: u8>(left: Slot, right: Slot) -> Obj {
    if let (Some(left), Some(right)) = (left, right)
        && let Some((x, y)) = floats(left, right)
    {
        // SAFETY: machine code called.
        let result = unsafe { serve(|vm| float::binary(vm, const { BinaryOp::ALL[N as usize] }, x, y)) };
        if let Some(result) = result {
            return result;
        }
    }
    // SAFETY: as the caller says.
    unsafe { object_binary(const { BinaryOp::ALL[N as usize] }, left, right) }
}

/// A binary operator on operands that are neither two small integers nor numbers of which one is a float. A C type or
/// constant dict, for which the operand is adopted, is no number either.
unsafe extern "C" fn object_binary(op: BinaryOp, left: Slot, right: Slot) -> Obj {
    // SAFETY: machine code called.
    unsafe { serve(|vm| binary_of_objects(vm, op, adopt(vm, left)?, adopt(vm, right)?)) }
}

/// A binary operator on any operands.
unsafe extern "C" fn long_binary(op: u32, left: Slot, right: Slot) -> Obj {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            let (left, right) = (adopt(vm, left)?, adopt(vm, right)?);
            match BinaryOp::from_number(op as u8) {
                Some(op) => vm.binary_op(op, left, right),
                None if op == DIVMOD => vm.divmod(left, right),
                None if op == CONTAINS => Ok(Obj::bool(vm.contains(left, right)?)),
                None => Err(vm.not_implemented(format_args!("opcode"))),
            }
        })
    }
}

/// Checks the divisor of machine words, a check that MicroPython leaves to the processor.
unsafe fn check_divisor(divisor: isize) {
    if divisor == 0 {
        // SAFETY: machine code called, by way of a function with nothing to drop.
        unsafe { serve(|vm| Err::<(), _>(vm.zero_division(format_args!("divide by zero")))) }
    }
}

/// `number // divisor` of machine words.
pub(super) unsafe extern "C" fn floor_divide(number: isize, divisor: isize) -> isize {
    // SAFETY: machine code called.
    unsafe { check_divisor(divisor) };
    let quotient = number.wrapping_div(divisor);
    let is_exact = number.wrapping_rem(divisor) == 0;
    if !is_exact && (number < 0) != (divisor < 0) { quotient - 1 } else { quotient }
}

/// `number % divisor` of machine words.
pub(super) unsafe extern "C" fn modulo(number: isize, divisor: isize) -> isize {
    // SAFETY: machine code called.
    unsafe { check_divisor(divisor) };
    let rest = number.wrapping_rem(divisor);
    if rest != 0 && (rest < 0) != (divisor < 0) { rest + divisor } else { rest }
}
