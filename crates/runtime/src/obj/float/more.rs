//! Methods of floats that Python has and MicroPython does not.

use berus_mpy::opcode::BinaryOp;

use crate::model::error::{Raise, Res};
use crate::model::layout::Tuple;
use crate::model::protocols::Ints;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::float::Floats;
use crate::ops::arithmetic::Arithmetic;

pub(super) fn is_integer(vm: &Vm, object: Obj) -> Res {
    let value = vm.float(object)?;
    Ok(Obj::bool(value.is_finite() && super::trunc(value) == value))
}

pub(super) fn conjugate(vm: &Vm, object: Obj) -> Res {
    vm.new_float(vm.float(object)?)
}

/// The two ints without a common divisor whose quotient a float is.
pub(super) fn as_integer_ratio(vm: &Vm, object: Obj) -> Res {
    let value = vm.float(object)?;
    if value.is_nan() {
        return Err(vm.value_error(format_args!("cannot convert NaN to integer ratio")));
    }
    if value.is_infinite() {
        return Err(vm.overflow_error(format_args!("cannot convert Infinity to integer ratio")));
    }
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as isize, bits & ((1 << 52) - 1));
    let (mut digits, mut exponent) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    if digits == 0 {
        exponent = 0;
    } else {
        let zeros = digits.trailing_zeros();
        (digits, exponent) = (digits >> zeros, exponent + zeros as isize);
    }
    let digits = vm.new_i64(if value < 0.0 { -(digits as i64) } else { digits as i64 })?;
    let shift = Obj::small_int_wrapping(exponent.abs());
    let one = Obj::small_int_wrapping(1);
    let ratio = if exponent < 0 {
        [digits, vm.binary_op(BinaryOp::Lshift, one, shift)?]
    } else {
        [vm.binary_op(BinaryOp::Lshift, digits, shift)?, one]
    };
    Ok(Tuple::new(vm, &ratio)?.obj())
}
