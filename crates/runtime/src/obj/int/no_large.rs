//! In place of `large` where the feature `bigint` is off: no int is an object, and a result that would be one raises
//! `OverflowError`.

use berus_mpy::opcode::BinaryOp;

use crate::model::error::{Raise, Raised, Res};
use crate::model::printer::Printer;
use crate::model::protocols::Ints;
use crate::model::types::UnaryOp;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::int;
use crate::ops::compare::is_comparison;

#[cold]
fn overflow(vm: &Vm) -> Raised {
    vm.overflow_error(format_args!("small int overflow"))
}

/// Raises `OverflowError`: the value is not small.
pub fn new(vm: &Vm, _: bool, _: u64) -> Res {
    Err(overflow(vm))
}

/// Raises `OverflowError`: the value is not small.
pub fn from_float(vm: &Vm, _: f64) -> Res {
    Err(overflow(vm))
}

/// No object is a large int.
pub fn is_large(_: Obj) -> bool {
    false
}

/// No object is a large int.
pub fn to_isize(_: Obj) -> Option<isize> {
    None
}

/// No object is a large int.
pub fn to_float(_: Obj) -> Option<f64> {
    None
}

/// No object is a large int.
pub fn is_negative(_: Obj) -> bool {
    false
}

/// No object is a large int.
pub fn low_word(_: Obj) -> Option<usize> {
    None
}

/// No object is a large int.
pub fn unary(_: &Vm, _: UnaryOp, _: Obj) -> Res<Option<Obj>> {
    Ok(None)
}

/// The value of a small int or bool.
fn value(object: Obj) -> Option<isize> {
    object.as_small_int().or_else(|| object.as_bool().map(isize::from))
}

/// A binary operator on two ints or bools: two small ints whose result is not small, or operands of which one is a
/// bool.
///
/// # Errors
/// `OverflowError`, and what the operator raises.
pub fn binary(vm: &Vm, op: BinaryOp, a: Obj, b: Obj) -> Res {
    match (value(a), value(b)) {
        (Some(left), Some(right)) if a.as_bool().is_some() || b.as_bool().is_some() || is_comparison(op) => {
            int::binary_small(vm, op, left, right)
        }
        _ => Err(overflow(vm)),
    }
}

/// `pow(base, exponent, modulus)`: the remainder of a power.
///
/// # Errors
/// `TypeError` if the three are not all ints, `ValueError` for a modulus of 0 or a negative exponent.
pub fn pow3(vm: &Vm, base: Obj, exponent: Obj, modulus: Obj) -> Res {
    let (Some(base), Some(mut exponent), Some(modulus)) = (value(base), value(exponent), value(modulus)) else {
        return Err(vm.type_error(format_args!("pow() with 3 arguments requires integers")));
    };
    if modulus == 0 {
        return Err(vm.value_error(format_args!("divide by zero")));
    }
    if exponent < 0 {
        return Err(vm.value_error(format_args!("negative exponent in pow() with 3 arguments")));
    }
    let size = modulus.unsigned_abs();
    let mut square = base.rem_euclid(modulus) as usize;
    let mut result = 1 % size;
    while exponent > 0 {
        if exponent & 1 != 0 {
            result = product(result, square, size);
        }
        exponent >>= 1;
        square = product(square, square, size);
    }
    let result = result as isize;
    // The result has the sign of the modulus.
    vm.new_int(if modulus < 0 && result != 0 { result + modulus } else { result })
}

/// The remainder of a product by `size`, which is more than both factors and fits a small int: digit by digit, since words
/// twice as long are divided by functions that a firmware may have no other use for.
fn product(mut a: usize, mut b: usize, size: usize) -> usize {
    let sum = |a, b| if a < size - b { a + b } else { a - (size - b) };
    let mut result = 0;
    while b > 0 {
        if b & 1 != 0 {
            result = sum(result, a);
        }
        a = sum(a, a);
        b >>= 1;
    }
    result
}

/// Raises `OverflowError`: the number is not small.
pub fn parse(vm: &Vm, _: bool, _: &[u8], _: u32) -> Res {
    Err(overflow(vm))
}

/// No object is a large int.
pub fn print(_: &Vm, _: Obj, _: u32, _: &mut dyn Printer) -> Res<()> {
    Ok(())
}

/// The number that `bytes` hold, as two's complement if the number is `negative`.
///
/// # Errors
/// `OverflowError` if the number is not small.
pub fn from_bytes(vm: &Vm, bytes: &[u8], little: bool, negative: bool) -> Res {
    let fill: u8 = if negative { 0xff } else { 0 };
    let mut word = [fill; size_of::<isize>()];
    for (n, &byte) in bytes.iter().enumerate() {
        match word.get_mut(if little { n } else { bytes.len() - 1 - n }) {
            Some(place) => *place = byte,
            None if byte == fill => {}
            None => return Err(overflow(vm)),
        }
    }
    let value = isize::from_le_bytes(word);
    if (value < 0) == negative { vm.new_int(value) } else { Err(overflow(vm)) }
}

/// No object is a large int.
pub fn write_bytes(_: &Vm, _: Obj, _: &mut [u8]) -> Res<bool> {
    Ok(true)
}
