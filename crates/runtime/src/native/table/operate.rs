//! Operators.

use crate::native::border::serve;
use crate::native::foreign::{SENTINEL, adopt};
use crate::obj::int;
use crate::obj::list::List;
use crate::types::UnaryOp;
use crate::vm::memory::Slot;
use crate::word::Obj;
use berus_mpy::opcode::BinaryOp;

/// `object[index]`, or with a value `object[index] = value`, or with null `del object[index]`.
pub(super) unsafe extern "C" fn subscr(object: Slot, index: Slot, value: usize) -> Obj {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            let (object, index) = (adopt(vm, object)?, adopt(vm, index)?);
            if value == SENTINEL
                && let (Some(list), Some(at)) = (object.downcast::<List>(), index.as_small_int())
                && let Some(item) = list.get(at as usize)
            {
                return Ok(item);
            }
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
    // SAFETY: machine code called.
    object.and_then(Obj::as_bool).unwrap_or_else(|| unsafe { serve(|vm| vm.truth(adopt(vm, object)?)) })
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

pub(super) unsafe extern "C" fn binary_op(op: u32, left: Slot, right: Slot) -> Obj {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            let op_of_language = BinaryOp::from_number(op as u8);
            if let (Some(op), Some(a), Some(b)) =
                (op_of_language, left.and_then(Obj::as_small_int), right.and_then(Obj::as_small_int))
            {
                return int::binary_small(vm, op, a, b);
            }
            let (left, right) = (adopt(vm, left)?, adopt(vm, right)?);
            match op_of_language {
                Some(op) => vm.binary_op(op, left, right),
                None if op == DIVMOD => vm.divmod(left, right),
                None if op == CONTAINS => Ok(Obj::bool(vm.contains(left, right)?)),
                None => Err(vm.not_implemented(format_args!("opcode"))),
            }
        })
    }
}

/// Checks the divisor of machine words: MicroPython leaves that to the processor.
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
