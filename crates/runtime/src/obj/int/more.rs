//! Methods of ints that Python has and MicroPython does not.

use berus_mpy::opcode::BinaryOp;

use crate::data::builder::Builder;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::layout::Tuple;
use crate::model::protocols::Ints;
use crate::model::types::UnaryOp;
use crate::model::vm::Vm;
use crate::model::word::Obj;
#[cfg(all(feature = "bigint", feature = "float"))]
use crate::obj::float::Floats;
use crate::obj::int::bytes::{Range, write_bytes};
use crate::ops::arithmetic::Arithmetic;
use crate::ops::convert::Convert;

/// The bytes of an int's magnitude, the least significant first, zeros behind them included.
fn magnitude(vm: &Vm, object: Obj) -> Res<Builder> {
    let int = vm.unary_op(UnaryOp::Abs, vm.to_int(object)?)?;
    // What an int takes of memory is no less than its digits.
    let len = vm.int(vm.unary_op(UnaryOp::Sizeof, int)?)?.unsigned_abs().max(size_of::<usize>());
    let mut bytes = Builder::with_capacity(vm, len)?;
    bytes.fill(vm, 0, len)?;
    write_bytes(vm, int, bytes.bytes_mut(), true, Range::Unsigned)?;
    Ok(bytes)
}

pub(super) fn bit_length(vm: &Vm, object: Obj) -> Res {
    let bytes = magnitude(vm, object)?;
    let all = bytes.bytes();
    let length = match all.iter().rposition(|byte| *byte != 0) {
        Some(last) => 8 * last + 8 - all[last].leading_zeros() as usize,
        None => 0,
    };
    bytes.discard(vm);
    vm.new_uint(length)
}

pub(super) fn bit_count(vm: &Vm, object: Obj) -> Res {
    let bytes = magnitude(vm, object)?;
    let count = bytes.bytes().iter().map(|byte| byte.count_ones() as usize).sum();
    bytes.discard(vm);
    vm.new_uint(count)
}

pub(super) fn conjugate(vm: &Vm, object: Obj) -> Res {
    vm.to_int(object)
}

pub(super) fn as_integer_ratio(vm: &Vm, object: Obj) -> Res {
    Ok(Tuple::new(vm, &[vm.to_int(object)?, Obj::small_int_wrapping(1)])?.obj())
}

/// The number that `base` gives 1 with when both are multiplied and divided by `modulus`, from 0 to below the modulus.
///
/// # Errors
/// `ValueError` if there is no such number, `TypeError` if one of the two is no int.
pub(crate) fn inverse(vm: &Vm, base: Obj, modulus: Obj) -> Res {
    let int = Obj::small_int_wrapping;
    let modulus = vm.unary_op(UnaryOp::Abs, vm.to_int(modulus)?)?;
    if modulus == int(0) {
        return Err(vm.value_error(format_args!("divide by zero")));
    }
    // Euclid's way to the greatest common divisor, with the factor of `base` in each remainder.
    let (mut high, mut low) = (modulus, vm.binary_op(BinaryOp::Modulo, vm.to_int(base)?, modulus)?);
    let (mut of_high, mut of_low) = (int(0), int(1));
    while low != int(0) {
        vm.work(1)?;
        let quotient = vm.binary_op(BinaryOp::FloorDivide, high, low)?;
        let less = |from: Obj, number: Obj| {
            let product = vm.binary_op(BinaryOp::Multiply, quotient, number)?;
            vm.binary_op(BinaryOp::Subtract, from, product)
        };
        (high, low) = (low, less(high, low)?);
        (of_high, of_low) = (of_low, less(of_high, of_low)?);
    }
    if high != int(1) {
        return Err(vm.value_error(format_args!("base is not invertible for the given modulus")));
    }
    vm.binary_op(BinaryOp::Modulo, of_high, modulus)
}

/// `a / b` of ints of which one or both are too large for a float.
///
/// # Errors
/// `OverflowError` if the quotient is too large for a float.
#[cfg(all(feature = "bigint", feature = "float"))]
pub(super) fn divide(vm: &Vm, a: Obj, b: Obj) -> Res {
    let bits = |int: Obj| vm.int(bit_length(vm, int)?);
    // The quotient gets 64 bits or one more, of which the last says whether more follow: a float has fewer.
    let shift = bits(a)? - bits(b)? - 64;
    let places = vm.new_int(shift.abs())?;
    let (a, b) = match shift {
        0.. => (a, vm.binary_op(BinaryOp::Lshift, b, places)?),
        _ => (vm.binary_op(BinaryOp::Lshift, a, places)?, b),
    };
    let mut quotient = vm.binary_op(BinaryOp::FloorDivide, a, b)?;
    if vm.binary_op(BinaryOp::Modulo, a, b)? != Obj::small_int_wrapping(0) {
        quotient = vm.binary_op(BinaryOp::Or, quotient, Obj::small_int_wrapping(1))?;
    }
    let value = libm::ldexp(vm.float(quotient)?, shift.clamp(-10_000, 10_000) as i32);
    if value.is_infinite() {
        return Err(vm.overflow_error(format_args!("integer division result too large for a float")));
    }
    vm.new_float(value)
}
