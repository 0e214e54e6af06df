//! Unary operations.

use super::{op, tri};
use crate::types::UnaryOp;
use crate::word::Obj;

/// The operation with number `n` in its group of opcodes.
const fn operation(n: usize) -> UnaryOp {
    [UnaryOp::Positive, UnaryOp::Negative, UnaryOp::Invert, UnaryOp::Not][n]
}

op! {
    unary[const N: usize](vm, code, ip, sp, fp) {
        let op = const { operation(N) };
        let object = sp.top();
        let fast = match (op, object.as_small_int()) {
            (UnaryOp::Positive, Some(_)) => Some(object),
            (UnaryOp::Negative, Some(value)) => Obj::small_int(value.wrapping_neg()),
            (UnaryOp::Invert, Some(value)) => Some(Obj::small_int_wrapping(!value)),
            (UnaryOp::Not, _) => Some(Obj::bool(!tri!(vm, ip, vm.truth(object)))),
            _ => None,
        };
        let value = match fast {
            Some(value) => value,
            None => tri!(vm, ip, vm.unary_op(op, object)),
        };
        sp.set_top(value);
    }
}
