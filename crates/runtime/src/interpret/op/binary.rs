//! Binary operations, with short ways for small integers and floats, which native code takes, too.

use berus_mpy::opcode::{BinaryOp, Op};

use crate::data::exception::Exceptions;
use crate::interpret::op::{leaving_op, next, op, tri};
use crate::model::dispatch::Handler;
use crate::model::word::Obj;
use crate::obj::float::as_float;
use crate::obj::{float, int};
use crate::ops::arithmetic::Arithmetic;

leaving_op! {
    short[const N: u8](vm, code, ip, sp, fp) {
        let op = const { BinaryOp::ALL[N as usize] };
        let base = sp.down(2);
        if let Some((a, b)) = int::both_small(base.at(0).bits(), base.at(1).bits())
            && let Some(value) = int::short(op, a, b)
        {
            sp.drop(1);
            sp.set_top(value);
            return next(vm, code, ip, sp, fp);
        }
        short_of_floats::<N>(vm, code, ip, sp, fp)
    }
}

leaving_op! {
    #[inline(never)]
    short_of_floats[const N: u8](vm, code, ip, sp, fp) {
        let op = const { BinaryOp::ALL[N as usize] };
        let base = sp.down(2);
        if let Some((a, b)) = floats(base.at(0), base.at(1))
            && let Some(value) = float::short(vm, op, a, b)
        {
            sp.drop(1);
            sp.set_top(value);
            return next(vm, code, ip, sp, fp);
        }
        generic::<N>(vm, code, ip, sp, fp)
    }
}

op! {
    #[inline(never)]
    generic[const N: u8](vm, code, ip, sp, fp) {
        let op = const { BinaryOp::ALL[N as usize] };
        let base = sp.down(2);
        let value = tri!(vm, ip, vm.binary_op(op, base.at(0), base.at(1)));
        sp.drop(1);
        sp.set_top(value);
    }
}

/// The values of two floats, or of a float and a small integer.
#[inline(always)]
pub(crate) fn floats(a: Obj, b: Obj) -> Option<(f64, f64)> {
    match (as_float(a), as_float(b)) {
        (Some(a), Some(b)) => Some((a, b)),
        (Some(a), None) => b.as_small_int().map(|b| (a, b as f64)),
        (None, Some(b)) => a.as_small_int().map(|a| (a as f64, b)),
        (None, None) => None,
    }
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
pub(crate) const fn fill(table: &mut [Handler; 256]) {
    macro_rules! set {
        ($($op:ident)*) => {
            $(table[Op::BinaryOpMulti as usize + BinaryOp::$op as usize] = short::<{ BinaryOp::$op as u8 }>;)*
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
