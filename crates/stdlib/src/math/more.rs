//! What Python's `math` has and MicroPython's does not: functions of ints, and a few more of floats.

use berus_mpy::opcode::BinaryOp;
use berus_runtime::host::math;
use berus_runtime::model::args::Args;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::protocols::{Compare, Ints, Iterate, Strs};
use berus_runtime::model::types::UnaryOp;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::float::Floats;
use berus_runtime::ops::arithmetic::Arithmetic;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::q;

const ZERO: Obj = Obj::small_int_wrapping(0);
const ONE: Obj = Obj::small_int_wrapping(1);

/// The greatest common divisor of two ints.
fn gcd_of(vm: &Vm, a: Obj, b: Obj) -> Res {
    let (mut a, mut b) = (vm.unary_op(UnaryOp::Abs, vm.to_int(a)?)?, vm.unary_op(UnaryOp::Abs, vm.to_int(b)?)?);
    while b != ZERO {
        vm.work(1)?;
        (a, b) = (b, vm.binary_op(BinaryOp::Modulo, a, b)?);
    }
    Ok(a)
}

pub(super) fn gcd(vm: &Vm, args: &[Obj]) -> Res {
    args.iter().try_fold(ZERO, |a, &b| gcd_of(vm, a, b))
}

pub(super) fn lcm(vm: &Vm, args: &[Obj]) -> Res {
    args.iter().try_fold(ONE, |a, &b| {
        let b = vm.unary_op(UnaryOp::Abs, vm.to_int(b)?)?;
        if b == ZERO || a == ZERO {
            return Ok(ZERO);
        }
        vm.binary_op(BinaryOp::Multiply, vm.binary_op(BinaryOp::FloorDivide, a, gcd_of(vm, a, b)?)?, b)
    })
}

/// `object` as an int that is not negative.
fn natural(vm: &Vm, object: Obj, name: &str) -> Res {
    let int = vm.to_int(object)?;
    if vm.int_is_negative(int) {
        return Err(vm.value_error(format_args!("{name} must be a non-negative integer")));
    }
    Ok(int)
}

/// The whole part of a square root, by Newton's method.
pub(super) fn isqrt(vm: &Vm, number: Obj) -> Res {
    let number = natural(vm, number, "isqrt() argument")?;
    if number == ZERO {
        return Ok(ZERO);
    }
    let bits = vm.int(vm.call_method(number, q!("bit_length"), &[])?)?;
    let mut root = vm.binary_op(BinaryOp::Lshift, ONE, Obj::small_int_wrapping((bits + 1) / 2))?;
    loop {
        vm.work(1)?;
        let sum = vm.binary_op(BinaryOp::Add, root, vm.binary_op(BinaryOp::FloorDivide, number, root)?)?;
        let next = vm.binary_op(BinaryOp::Rshift, sum, ONE)?;
        if !vm.less(next, root)? {
            return Ok(root);
        }
        root = next;
    }
}

/// The product of the `count` numbers down from `first`.
fn falling(vm: &Vm, first: Obj, count: isize) -> Res {
    let (mut product, mut factor) = (ONE, first);
    for _ in 0..count {
        vm.work(1)?;
        product = vm.binary_op(BinaryOp::Multiply, product, factor)?;
        factor = vm.binary_op(BinaryOp::Subtract, factor, ONE)?;
    }
    Ok(product)
}

pub(super) fn perm(vm: &Vm, args: &[Obj]) -> Res {
    let of = natural(vm, args[0], "n")?;
    let count = match args.get(1) {
        Some(&count) if count != Obj::NONE => natural(vm, count, "k")?,
        _ => of,
    };
    if vm.less(of, count)? { Ok(ZERO) } else { falling(vm, of, vm.int(count)?) }
}

pub(super) fn comb(vm: &Vm, of: Obj, count: Obj) -> Res {
    let (of, mut count) = (natural(vm, of, "n")?, natural(vm, count, "k")?);
    if vm.less(of, count)? {
        return Ok(ZERO);
    }
    let rest = vm.binary_op(BinaryOp::Subtract, of, count)?;
    if vm.less(rest, count)? {
        count = rest;
    }
    let (count_word, below) = (vm.int(count)?, count);
    vm.binary_op(BinaryOp::FloorDivide, falling(vm, of, count_word)?, falling(vm, below, count_word)?)
}

pub(super) fn log1p(vm: &Vm, value: Obj) -> Res {
    let value = vm.float(value)?;
    if value <= -1.0 {
        return Err(super::domain_error(vm));
    }
    vm.new_float(math::log1p(value))
}

pub(super) fn hypot(vm: &Vm, args: &[Obj]) -> Res {
    let mut sum = 0.0;
    for &value in args {
        sum = math::hypot(sum, vm.float(value)?);
    }
    vm.new_float(sum)
}

pub(super) fn prod(vm: &Vm, args: Args<'_>) -> Res {
    let mut product = ONE;
    for (name, value) in args.kw() {
        match vm.as_str(name) {
            Some(b"start") => product = value,
            _ => return Err(vm.type_error(format_args!("extra keyword arguments given"))),
        }
    }
    let iterator = vm.each(args.pos()[0])?;
    while let Some(item) = iterator.next(vm)? {
        product = vm.binary_op(BinaryOp::Multiply, product, item)?;
    }
    Ok(product)
}
