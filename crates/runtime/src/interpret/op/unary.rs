//! Unary operations.

use berus_mpy::opcode::Op;

use crate::interpret::op::jump::plain_truth;
use crate::interpret::op::{member, op, tri};
use crate::model::registers::running;
use crate::model::types::UnaryOp;
use crate::model::word::Obj;
use crate::ops::arithmetic::Arithmetic;

/// The operation with number `n` in its group of opcodes.
const fn operation(n: usize) -> UnaryOp {
    [UnaryOp::Positive, UnaryOp::Negative, UnaryOp::Invert, UnaryOp::Not][n]
}

op! {
    unary[const N: usize](vm, code, ip, sp, fp) {
        let op = operation(member::<N>(Op::UnaryOpMulti, ip));
        let object = sp.top();
        let quick = match (op, object.as_small_int()) {
            (UnaryOp::Positive, Some(_)) => Some(object),
            (UnaryOp::Negative, Some(value)) => Obj::small_int(value.wrapping_neg()),
            (UnaryOp::Invert, Some(value)) => Some(Obj::small_int_wrapping(!value)),
            (UnaryOp::Not, _) => plain_truth(object).map(|truth| Obj::bool(!truth)),
            _ => None,
        };
        let Some(value) = quick else { return unary_of_object::<N>(vm, running(code), ip, sp, fp) };
        sp.set_top(value);
    }
}

op! {
    #[inline(never)]
    unary_of_object[const N: usize](vm, code, ip, sp, fp) {
        let value = tri!(vm, ip, vm.unary_op(operation(member::<N>(Op::UnaryOpMulti, ip)), sp.top()));
        sp.set_top(value);
    }
}
