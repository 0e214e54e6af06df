//! The operators that the protocols try before they ask a type's slots.

use berus_mpy::opcode::BinaryOp;

use crate::model::error::Res;
use crate::model::numbers::Numbers;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::{float, int, none, strings};

impl Numbers for Vm {
    const NOT_IMPLEMENTED: Obj = none::NOT_IMPLEMENTED;

    #[inline(always)]
    fn of_small_ints(&self, op: BinaryOp, a: isize, b: isize) -> Res {
        int::binary_small(self, op, a, b)
    }

    #[inline(always)]
    fn of_floats(&self, op: BinaryOp, a: f64, b: f64) -> Res<Option<Obj>> {
        float::binary(self, op, a, b)
    }

    #[inline(always)]
    fn of_text(&self, op: BinaryOp, a: Obj, b: Obj) -> Res<Option<Obj>> {
        strings::binary_plain(self, op, a, b)
    }

    #[inline(always)]
    fn is_large(object: Obj) -> bool {
        int::is_large(object)
    }

    #[inline(always)]
    fn as_float(object: Obj) -> Option<f64> {
        float::as_float(object)
    }
}
