//! Unary operations.

use super::jump::plain_truth;
use super::{leaving_op, next, op, tri};
use crate::types::UnaryOp;
use crate::word::Obj;

/// The operation with number `n` in its group of opcodes.
const fn operation(n: usize) -> UnaryOp {
    [UnaryOp::Positive, UnaryOp::Negative, UnaryOp::Invert, UnaryOp::Not][n]
}

leaving_op! {
    unary[const N: usize](vm, code, ip, sp, fp) {
        let op = const { operation(N) };
        let object = sp.top();
        let quick = match (op, object.as_small_int()) {
            (UnaryOp::Positive, Some(_)) => Some(object),
            (UnaryOp::Negative, Some(value)) => Obj::small_int(value.wrapping_neg()),
            (UnaryOp::Invert, Some(value)) => Some(Obj::small_int_wrapping(!value)),
            (UnaryOp::Not, _) => plain_truth(object).map(|truth| Obj::bool(!truth)),
            _ => None,
        };
        match quick {
            Some(value) => {
                sp.set_top(value);
                next(vm, code, ip, sp, fp)
            }
            None => unary_of_object::<N>(vm, code, ip, sp, fp),
        }
    }
}

op! {
    #[inline(never)]
    unary_of_object[const N: usize](vm, code, ip, sp, fp) {
        let value = tri!(vm, ip, vm.unary_op(const { operation(N) }, sp.top()));
        sp.set_top(value);
    }
}
