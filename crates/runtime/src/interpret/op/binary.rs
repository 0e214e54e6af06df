//! Binary operations, with short ways for small integers and floats, which native code takes, too. A handler does not
//! ask again what the handlers before it have ruled out of the operands.

use berus_mpy::opcode::{BinaryOp, Op};

use crate::data::exception::Exceptions;
use crate::interpret::op::{leaving_op, next, op, tri};
use crate::model::code::Code;
use crate::model::dispatch::{Exit, Handler};
use crate::model::error::Res;
use crate::model::object::Gc;
use crate::model::registers::{Fp, Ip, Sp, running};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::{float, int};
use crate::ops::arithmetic::{Arithmetic, binary_of_objects, floats};

leaving_op! {
    short[const N: u8](vm, code, ip, sp, fp) {
        let op = const { BinaryOp::ALL[N as usize] };
        let base = sp.down(2);
        if let Some((a, b)) = int::both_small(base.at(0).bits(), base.at(1).bits()) {
            let Some(value) = int::short(op, a, b) else { return of_ints(vm, running(code), ip, sp, fp) };
            sp.drop(1);
            sp.set_top(value);
            return next(vm, code, ip, sp, fp);
        }
        short_of_floats::<N>(vm, running(code), ip, sp, fp)
    }
}

leaving_op! {
    #[inline(never)]
    short_of_floats[const N: u8](vm, code, ip, sp, fp) {
        let op = const { BinaryOp::ALL[N as usize] };
        let base = sp.down(2);
        let Some((a, b)) = floats(base.at(0), base.at(1)) else { return of_objects(vm, running(code), ip, sp, fp) };
        let Some(value) = float::short(vm, op, a, b) else { return any(vm, running(code), ip, sp, fp) };
        sp.drop(1);
        sp.set_top(value);
        next(vm, code, ip, sp, fp)
    }
}

/// The operator of the instruction before `ip`.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(in crate::interpret) fn operator(ip: Ip) -> BinaryOp {
    let number = ip.plus(-1).peek().wrapping_sub(Op::BinaryOpMulti as u8);
    // Only opcodes of binary operations have these handlers.
    BinaryOp::from_number(number).unwrap_or(BinaryOp::Is)
}

/// Puts what `compute` makes of the operator and the operands in their place, and goes on.
#[cfg_attr(not(feature = "small"), inline(always))]
fn operate(
    vm: &Vm,
    code: Gc<Code>,
    ip: Ip,
    mut sp: Sp,
    fp: Fp,
    compute: impl FnOnce(&Vm, BinaryOp, Obj, Obj) -> Res,
) -> Exit {
    let base = sp.down(2);
    let value = tri!(vm, ip, compute(vm, operator(ip), base.at(0), base.at(1)));
    sp.drop(1);
    sp.set_top(value);
    next(vm, code, ip, sp, fp)
}

/// The operator on small ints, apart from the handler, whose local variables must have no addresses.
#[inline(never)]
fn long(vm: &Vm, op: BinaryOp, a: Obj, b: Obj) -> Res {
    int::long(vm, op, a.as_small_int().unwrap_or_default(), b.as_small_int().unwrap_or_default())
}

leaving_op! {
    /// Operands that are two small ints, where the short way does not have the operator or the result.
    #[inline(never)]
    of_ints(vm, code, ip, sp, fp) { operate(vm, code, ip, sp, fp, long) }
}

/// The operator on operands that are neither two small ints nor two numbers of which one is a float.
#[inline(never)]
pub(in crate::interpret) fn objects(vm: &Vm, op: BinaryOp, a: Obj, b: Obj) -> Res {
    #[cfg(all(feature = "float", not(feature = "small")))]
    if let Some(value) = crate::obj::complex::short(vm, op, a, b) {
        return value;
    }
    binary_of_objects(vm, op, a, b)
}

leaving_op! {
    /// Operands that are neither two small ints nor two numbers of which one is a float.
    #[inline(never)]
    of_objects(vm, code, ip, sp, fp) { operate(vm, code, ip, sp, fp, objects) }
}

leaving_op! {
    /// Any operands.
    #[inline(never)]
    any(vm, code, ip, sp, fp) { operate(vm, code, ip, sp, fp, Vm::binary_op) }
}

op! {
    is(vm, code, ip, sp, fp) {
        let base = sp.down(2);
        let same = base.at(0) == base.at(1);
        sp.drop(1);
        sp.set_top(Obj::bool(same));
    }
}

leaving_op! {
    exception_match(vm, code, ip, sp, fp) {
        operate(vm, code, ip, sp, fp, |vm, _, exception, types| vm.exception_matches(exception, types).map(Obj::bool))
    }
}

/// Puts the handlers into the table.
pub(crate) const fn fill(table: &mut [Handler; 256]) {
    let mut n = 0;
    while n < BinaryOp::ALL.len() {
        table[Op::BinaryOpMulti as usize + n] = any;
        n += 1;
    }
    macro_rules! set {
        ($($op:ident)*) => {
            if !cfg!(feature = "small") {
                $(table[Op::BinaryOpMulti as usize + BinaryOp::$op as usize] = short::<{ BinaryOp::$op as u8 }>;)*
            }
        };
    }
    set! {
        Add Subtract Multiply TrueDivide FloorDivide Modulo Or Xor And Lshift Rshift
        InplaceAdd InplaceSubtract InplaceMultiply InplaceTrueDivide InplaceFloorDivide InplaceModulo
        InplaceOr InplaceXor InplaceAnd InplaceLshift InplaceRshift
        Less More LessEqual MoreEqual Equal NotEqual
    }
    table[Op::BinaryOpMulti as usize + BinaryOp::Is as usize] = is;
    table[Op::BinaryOpMulti as usize + BinaryOp::ExceptionMatch as usize] = exception_match;
}
