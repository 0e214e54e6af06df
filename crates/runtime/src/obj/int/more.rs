//! Methods of ints that Python has and MicroPython does not.

use crate::data::builder::Builder;
use crate::model::error::Res;
use crate::model::layout::Tuple;
use crate::model::protocols::Ints;
use crate::model::types::UnaryOp;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::int::bytes::{Range, write_bytes};
use crate::ops::arithmetic::Arithmetic;
use crate::ops::convert::Convert;

/// The bytes of an int's magnitude, the least significant first, zeros behind them included.
fn magnitude(vm: &Vm, object: Obj) -> Res<Builder> {
    let int = vm.unary_op(UnaryOp::Abs, vm.to_int(object)?)?;
    // What an int takes of memory is no less than its digits.
    let len = vm.int(vm.unary_op(UnaryOp::Sizeof, int)?)?.unsigned_abs().max(size_of::<usize>());
    let mut bytes = Builder::with_capacity(vm, len)?;
    bytes.fill(vm, 0, len)?;
    write_bytes(vm, int, bytes.bytes_mut(), true, Range::Unsigned)?;
    Ok(bytes)
}

pub(super) fn bit_length(vm: &Vm, object: Obj) -> Res {
    let bytes = magnitude(vm, object)?;
    let all = bytes.bytes();
    let length = match all.iter().rposition(|byte| *byte != 0) {
        Some(last) => 8 * last + 8 - all[last].leading_zeros() as usize,
        None => 0,
    };
    bytes.discard(vm);
    vm.new_uint(length)
}

pub(super) fn bit_count(vm: &Vm, object: Obj) -> Res {
    let bytes = magnitude(vm, object)?;
    let count = bytes.bytes().iter().map(|byte| byte.count_ones() as usize).sum();
    bytes.discard(vm);
    vm.new_uint(count)
}

pub(super) fn conjugate(vm: &Vm, object: Obj) -> Res {
    vm.to_int(object)
}

pub(super) fn as_integer_ratio(vm: &Vm, object: Obj) -> Res {
    Ok(Tuple::new(vm, &[vm.to_int(object)?, Obj::small_int_wrapping(1)])?.obj())
}
