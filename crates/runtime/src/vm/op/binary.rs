//! Binary operations, with short ways for small integers and floats.

use super::{Handler, op, tri};
use crate::error::Res;
use crate::obj::float::as_float;
use crate::vm::Vm;
use crate::word::Obj;
use berus_mpy::opcode::{BinaryOp, Op};

/// `a op b` for operands without a short way.
#[inline(never)]
fn slow(vm: &Vm, op: BinaryOp, a: Obj, b: Obj) -> Res {
    vm.binary_op(op, a, b)
}

op! {
    generic[const N: u8](vm, code, ip, sp, fp) {
        let op = const { BinaryOp::ALL[N as usize] };
        let base = sp.down(2);
        let value = tri!(vm, ip, slow(vm, op, base.at(0), base.at(1)));
        sp.drop(1);
        sp.set_top(value);
    }
}

/// The values of two small integers, if both are.
#[inline(always)]
fn small(a: Obj, b: Obj) -> Option<(isize, isize)> {
    if a.bits() & b.bits() & 1 != 0 { Some((a.bits() as isize >> 1, b.bits() as isize >> 1)) } else { None }
}

/// The values of two floats, or of a float and a small integer.
#[inline(always)]
fn floats(a: Obj, b: Obj) -> Option<(f64, f64)> {
    match (as_float(a), as_float(b)) {
        (Some(a), Some(b)) => Some((a, b)),
        (Some(a), None) => b.as_small_int().map(|b| (a, b as f64)),
        (None, Some(b)) => a.as_small_int().map(|a| (a as f64, b)),
        (None, None) => None,
    }
}

macro_rules! arithmetic {
    ($($name:ident, $float:ident, $op:ident, |$a:ident, $b:ident| $small:expr, |$x:ident, $y:ident| $value:expr;)*) => {$(
        op! {
            $name(vm, code, ip, sp, fp) {
                let base = sp.down(2);
                let (a, b) = (base.at(0), base.at(1));
                let fast: Option<Obj> = match small(a, b) {
                    Some(($a, $b)) => $small,
                    None => None,
                };
                let value = match fast {
                    Some(value) => value,
                    None => tri!(vm, ip, $float(vm, a, b)),
                };
                sp.drop(1);
                sp.set_top(value);
            }
        }

        #[inline(never)]
        fn $float(vm: &Vm, a: Obj, b: Obj) -> Res {
            match floats(a, b) {
                Some(($x, $y)) => $value(vm),
                None => slow(vm, BinaryOp::$op, a, b),
            }
        }
    )*};
}

/// `a * b`, if it is a small integer.
#[inline(always)]
fn product(a: isize, b: isize) -> Option<Obj> {
    a.checked_mul(b).and_then(Obj::small_int)
}

/// `a << b` for `b` not negative, if it is a small integer.
#[inline(always)]
fn shifted(a: isize, b: isize) -> Option<Obj> {
    if !(0..Obj::SMALL_INT_BITS as isize).contains(&b) {
        return None;
    }
    let value = a << b;
    if value >> b == a { Obj::small_int(value) } else { None }
}

/// `a >> b` for `b` not negative.
#[inline(always)]
fn shifted_down(a: isize, b: isize) -> Option<Obj> {
    if b < 0 { None } else { Some(Obj::small_int_wrapping(a >> b.min(Obj::SMALL_INT_BITS as isize))) }
}

/// `a // b`, unless `b` is 0.
#[inline(always)]
fn floor_quotient(a: isize, b: isize) -> Option<Obj> {
    if b == 0 {
        return None;
    }
    let quotient = a.wrapping_div(b);
    Obj::small_int(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
}

/// `a % b`, unless `b` is 0.
#[inline(always)]
fn modulo(a: isize, b: isize) -> Option<Obj> {
    if b == 0 {
        return None;
    }
    let rest = a.wrapping_rem(b);
    Some(Obj::small_int_wrapping(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }))
}

arithmetic! {
    add, add_floats, Add, |a, b| Obj::small_int(a + b), |x, y| |vm: &Vm| vm.new_float(x + y);
    subtract, subtract_floats, Subtract, |a, b| Obj::small_int(a - b), |x, y| |vm: &Vm| vm.new_float(x - y);
    multiply, multiply_floats, Multiply, |a, b| product(a, b), |x, y| |vm: &Vm| vm.new_float(x * y);
    add_in_place, add_floats_in_place, InplaceAdd, |a, b| Obj::small_int(a + b), |x, y| |vm: &Vm| vm.new_float(x + y);
    subtract_in_place, subtract_floats_in_place, InplaceSubtract, |a, b| Obj::small_int(a - b), |x, y| |vm: &Vm| vm.new_float(x - y);
    multiply_in_place, multiply_floats_in_place, InplaceMultiply, |a, b| product(a, b), |x, y| |vm: &Vm| vm.new_float(x * y);
    less, less_floats, Less, |a, b| Some(Obj::bool(a < b)), |x, y| |_: &Vm| Ok(Obj::bool(x < y));
    more, more_floats, More, |a, b| Some(Obj::bool(a > b)), |x, y| |_: &Vm| Ok(Obj::bool(x > y));
    less_equal, less_equal_floats, LessEqual, |a, b| Some(Obj::bool(a <= b)), |x, y| |_: &Vm| Ok(Obj::bool(x <= y));
    more_equal, more_equal_floats, MoreEqual, |a, b| Some(Obj::bool(a >= b)), |x, y| |_: &Vm| Ok(Obj::bool(x >= y));
    equal, equal_floats, Equal, |a, b| Some(Obj::bool(a == b)), |x, y| |_: &Vm| Ok(Obj::bool(x == y));
    not_equal, not_equal_floats, NotEqual, |a, b| Some(Obj::bool(a != b)), |x, y| |_: &Vm| Ok(Obj::bool(x != y));
}

macro_rules! integer {
    ($($name:ident $op:ident |$a:ident, $b:ident| $small:expr;)*) => {$(
        op! {
            $name(vm, code, ip, sp, fp) {
                let base = sp.down(2);
                let (a, b) = (base.at(0), base.at(1));
                let fast: Option<Obj> = match small(a, b) {
                    Some(($a, $b)) => $small,
                    None => None,
                };
                let value = match fast {
                    Some(value) => value,
                    None => tri!(vm, ip, slow(vm, BinaryOp::$op, a, b)),
                };
                sp.drop(1);
                sp.set_top(value);
            }
        }
    )*};
}

integer! {
    or Or |a, b| Some(Obj::small_int_wrapping(a | b));
    xor Xor |a, b| Some(Obj::small_int_wrapping(a ^ b));
    and And |a, b| Some(Obj::small_int_wrapping(a & b));
    or_in_place InplaceOr |a, b| Some(Obj::small_int_wrapping(a | b));
    xor_in_place InplaceXor |a, b| Some(Obj::small_int_wrapping(a ^ b));
    and_in_place InplaceAnd |a, b| Some(Obj::small_int_wrapping(a & b));
    lshift Lshift |a, b| shifted(a, b);
    rshift Rshift |a, b| shifted_down(a, b);
    lshift_in_place InplaceLshift |a, b| shifted(a, b);
    rshift_in_place InplaceRshift |a, b| shifted_down(a, b);
    floor_divide FloorDivide |a, b| floor_quotient(a, b);
    floor_divide_in_place InplaceFloorDivide |a, b| floor_quotient(a, b);
    modulo_op Modulo |a, b| modulo(a, b);
    modulo_in_place InplaceModulo |a, b| modulo(a, b);
}

op! {
    is(vm, code, ip, sp, fp) {
        let base = sp.down(2);
        let same = base.at(0) == base.at(1);
        sp.drop(1);
        sp.set_top(Obj::bool(same));
    }
}

op! {
    exception_match(vm, code, ip, sp, fp) {
        let base = sp.down(2);
        let matches = tri!(vm, ip, vm.exception_matches(base.at(0), base.at(1)));
        sp.drop(1);
        sp.set_top(Obj::bool(matches));
    }
}

/// Puts the handlers with short ways into the table.
pub(super) const fn fill(table: &mut [Handler; 256]) {
    macro_rules! set {
        ($($op:ident $handler:ident)*) => {
            $(table[Op::BinaryOpMulti as usize + BinaryOp::$op as usize] = $handler;)*
        };
    }
    set! {
        Add add Subtract subtract Multiply multiply Less less More more LessEqual less_equal MoreEqual more_equal
        Equal equal NotEqual not_equal Or or Xor xor And and Lshift lshift Rshift rshift
        FloorDivide floor_divide Modulo modulo_op Is is ExceptionMatch exception_match
        InplaceAdd add_in_place InplaceSubtract subtract_in_place InplaceMultiply multiply_in_place
        InplaceOr or_in_place InplaceXor xor_in_place InplaceAnd and_in_place
        InplaceLshift lshift_in_place InplaceRshift rshift_in_place
        InplaceFloorDivide floor_divide_in_place InplaceModulo modulo_in_place
    }
}
