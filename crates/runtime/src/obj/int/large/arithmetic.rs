//! Operators on ints of which one is large, or whose result is large.

use berus_integer::{Number, Operation, Word, divide_to_word, power_modulo, power_modulo_room, words};
use berus_mpy::opcode::BinaryOp;

use crate::model::error::{Raise, Res};
use crate::model::types::UnaryOp;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::float;
use crate::obj::int::large::memory::{build, build_short, small, working};
use crate::obj::int::large::{Int, low_word, number, number_or_bool};
use crate::obj::int::{divide_by_zero, negative_shift};
use crate::ops::arithmetic::{Arithmetic, plain, unsupported_binary};
use crate::ops::compare::{holds, is_comparison};
use crate::ops::hash;

/// The most words of the shorter factor for which multiplying word by word is best.
const FEW: usize = 16;

/// The most words of an operand whose work is not counted, since the interpreter counts instructions.
const SHORT: usize = 128;

/// An operator that is often used, on short ints; `None` for other operators and longer ints.
#[cfg_attr(not(feature = "small"), inline(always))]
fn quick(vm: &Vm, op: BinaryOp, a: Number<'_>, b: Number<'_>) -> Res<Option<Obj>> {
    if a.words.len().max(b.words.len()) > SHORT {
        return Ok(None);
    }
    let result = match op {
        BinaryOp::Add => sum(vm, a, b)?,
        BinaryOp::Subtract => sum(vm, a, Number { negative: !b.negative, ..b })?,
        BinaryOp::Multiply if a.words.len().min(b.words.len()) <= FEW => {
            let (long, short) = if a.words.len() < b.words.len() { (b.words, a.words) } else { (a.words, b.words) };
            let (Some(last), Some(other)) = (long.last(), short.last()) else {
                return Ok(Some(Obj::small_int_wrapping(0)));
            };
            // The product is as long as both factors together, or one word less, as their most significant words tell.
            let less = usize::from(last.leading_zeros() + other.leading_zeros() >= Word::BITS);
            let len = long.len() + short.len() - less;
            build_short(vm, a.negative != b.negative, len, |product| words::multiply(product, long, short))?
        }
        BinaryOp::FloorDivide if !b.words.is_empty() => {
            let Some((quotient, remains)) = divide_to_word(a.words, b.words) else { return Ok(None) };
            let negative = a.negative != b.negative;
            let (quotient, carry) = quotient.overflowing_add((negative && remains).into());
            match small(negative, &[quotient]) {
                Some(small) if !carry => small,
                _ => build_short(vm, negative, 2, |words| words.copy_from_slice(&[quotient, carry.into()]))?,
            }
        }
        op if is_comparison(op) => {
            let order = match (a.negative, b.negative) {
                (false, false) => words::compare(a.words, b.words),
                (true, true) => words::compare(b.words, a.words),
                (a, b) => b.cmp(&a),
            };
            Obj::bool(holds(op, order))
        }
        _ => return Ok(None),
    };
    Ok(Some(result))
}

fn sum(vm: &Vm, a: Number<'_>, b: Number<'_>) -> Res {
    let order = words::compare(a.words, b.words);
    let (great, less) = if order.is_lt() { (b, a) } else { (a, b) };
    if a.negative != b.negative {
        return build_short(vm, great.negative, great.words.len(), |words| {
            words::subtract(words, great.words, less.words);
        });
    }
    let len = great.words.len();
    let mut carry = false;
    let sum = build_short(vm, great.negative, len, |words| carry = words::add(words, great.words, less.words))?;
    if !carry {
        return Ok(sum);
    }
    build_short(vm, great.negative, len + 1, |words| {
        words[len] = 1;
        words::add(&mut words[..len], great.words, less.words);
    })
}

/// A unary operator on a large int.
///
/// # Errors
/// `MemoryError`, and what [`Vm::work`] raises.
pub fn unary(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let Some(int) = object.downcast::<Int>() else { return Ok(None) };
    let number = Number { negative: int.is_negative(), words: int.words() };
    let subtract_from = |number_before| compute(vm, Operation::Subtract, number_before, number).map(Some);
    match op {
        UnaryOp::Bool => Ok(Some(Obj::TRUE)),
        UnaryOp::Hash => Ok(low_word(object).map(hash::to_obj)),
        UnaryOp::Int | UnaryOp::Positive => Ok(Some(object)),
        UnaryOp::Sizeof => {
            let size = size_of::<Int>() + size_of_val(int.words());
            Ok(Some(Obj::small_int_wrapping(size as isize)))
        }
        UnaryOp::Abs if !int.is_negative() => Ok(Some(object)),
        UnaryOp::Abs | UnaryOp::Negative => subtract_from(Number::positive(&[])),
        UnaryOp::Invert => subtract_from(Number { negative: true, words: &[1] }),
        _ => Ok(None),
    }
}

/// A binary operator on two ints or bools.
///
/// # Errors
/// `ZeroDivisionError`, `ValueError`, `OverflowError`, `MemoryError` for a result that does not fit the heap, and what
/// [`Vm::work`] raises.
pub fn binary(vm: &Vm, op: BinaryOp, a: Obj, b: Obj) -> Res {
    if a.as_bool().is_some() || b.as_bool().is_some() {
        let number = |object: Obj| object.as_bool().map_or(object, |truth| Obj::small_int_wrapping(truth.into()));
        return vm.binary_op(op, number(a), number(b));
    }
    let (mut small_a, mut small_b) = (0, 0);
    let (Some(left), Some(right)) = (number(a, &mut small_a), number(b, &mut small_b)) else {
        return Err(unsupported_binary(vm, op, a, b));
    };
    match quick(vm, plain(op), left, right)? {
        Some(result) => Ok(result),
        None => slow(vm, op, (a, left), (b, right)),
    }
}

#[inline(never)]
fn slow(vm: &Vm, op: BinaryOp, (a, left): (Obj, Number<'_>), (b, right): (Obj, Number<'_>)) -> Res {
    use BinaryOp::*;
    let operation = match plain(op) {
        Add => Operation::Add,
        Subtract => Operation::Subtract,
        Multiply => Operation::Multiply,
        FloorDivide | Modulo | TrueDivide if right.is_zero() => return Err(divide_by_zero(vm)),
        FloorDivide => Operation::FloorDivide,
        Modulo => Operation::Modulo,
        And => Operation::And,
        Or => Operation::Or,
        Xor => Operation::Xor,
        Lshift | Rshift if right.negative => return Err(negative_shift(vm)),
        // All bits go.
        Rshift if cfg!(feature = "python") && right.to_usize().is_none() => {
            return Ok(Obj::small_int_wrapping(if left.negative { -1 } else { 0 }));
        }
        Lshift if cfg!(feature = "python") && left.is_zero() => return Ok(Obj::small_int_wrapping(0)),
        Lshift | Rshift if right.to_usize().is_none() => {
            return Err(vm.overflow_error(format_args!("overflow converting long int to machine word")));
        }
        Lshift => Operation::ShiftLeft,
        Rshift => Operation::ShiftRight,
        Power if !right.negative => Operation::Power,
        #[cfg(all(feature = "python", feature = "float"))]
        TrueDivide if left.to_f64().is_infinite() || right.to_f64().is_infinite() => {
            return crate::obj::int::more::divide(vm, a, b);
        }
        TrueDivide | Power => {
            return match float::binary(vm, op, left.to_f64(), right.to_f64())? {
                Some(value) => Ok(value),
                None => Err(unsupported_binary(vm, op, a, b)),
            };
        }
        op if is_comparison(op) => {
            let order = working(vm, |work| left.compare(right, work))?;
            return Ok(Obj::bool(holds(op, order)));
        }
        _ => return Err(vm.type_error(format_args!("unsupported type for operator"))),
    };
    compute(vm, operation, left, right)
}

fn compute(vm: &Vm, operation: Operation, a: Number<'_>, b: Number<'_>) -> Res {
    let room = operation.room(a, b);
    build(vm, room.result, room.scratch, |result, scratch, work| operation.compute(a, b, result, scratch, work))
}

/// `pow(base, exponent, modulus)`: the remainder of a power.
///
/// # Errors
/// `TypeError` if the three are not all ints, `ValueError` for a modulus of 0 or a negative exponent, and what
/// [`Poll::work`](crate::model::events::Poll::work) raises.
pub fn pow3(vm: &Vm, base: Obj, exponent: Obj, modulus: Obj) -> Res {
    let (mut small_base, mut small_exponent, mut small_modulus) = (0, 0, 0);
    let (Some(base), Some(exponent), Some(modulus)) = (
        number_or_bool(base, &mut small_base),
        number_or_bool(exponent, &mut small_exponent),
        number_or_bool(modulus, &mut small_modulus),
    ) else {
        return Err(vm.type_error(format_args!("pow() with 3 arguments requires integers")));
    };
    if modulus.is_zero() {
        return Err(vm.value_error(format_args!("divide by zero")));
    }
    if exponent.negative {
        return Err(vm.value_error(format_args!("negative exponent in pow() with 3 arguments")));
    }
    let room = power_modulo_room(base, exponent.words, modulus);
    build(vm, room.result, room.scratch, |result, scratch, work| {
        power_modulo(base, exponent.words, modulus, result, scratch, work)
    })
}
