//! Comparison of objects.

use core::cmp::Ordering;

use berus_mpy::opcode::BinaryOp;

use crate::data::instance::NativeBase;
use crate::data::map::are_unequal;
use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::layout::Tuple;
use crate::model::object::Gc;
use crate::model::protocols::{Classes, Compare, Strs};
use crate::model::types::flag;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::arithmetic::{Arithmetic, is_of_derived_class};
use crate::ops::truth::Truth;

impl Compare for Vm {
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn equal(&self, left: Obj, right: Obj) -> Res<bool> {
        if left == right && !left.is_pointer() {
            return Ok(true);
        }
        if are_unequal(left, right) { Ok(false) } else { equal_objects(self, left, right) }
    }

    fn equality(&self, left: Obj, right: Obj) -> Res {
        compare_equal(self, BinaryOp::Equal, left, right)
    }

    fn inequality(&self, left: Obj, right: Obj) -> Res {
        compare_equal(self, BinaryOp::NotEqual, left, right)
    }

    #[inline]
    fn less(&self, left: Obj, right: Obj) -> Res<bool> {
        if let Some(order) = plain_order(self, left, right) {
            return Ok(order.is_lt());
        }
        let less = match (left.downcast::<Tuple>(), right.downcast::<Tuple>()) {
            (Some(left), Some(right)) => compare_tuples(self, BinaryOp::Less, left, right)?,
            _ => self.binary_op(BinaryOp::Less, left, right)?,
        };
        self.truth(less)
    }

    fn compare_items(
        &self,
        op: BinaryOp,
        left: impl Fn(usize) -> Option<Obj>,
        right: impl Fn(usize) -> Option<Obj>,
    ) -> Res {
        if cfg!(feature = "small") {
            compare_by::<dyn Fn(usize) -> Option<Obj>, dyn Fn(usize) -> Option<Obj>>(self, op, &left, &right)
        } else {
            compare_by(self, op, &left, &right)
        }
    }
}

/// As [`Compare::compare_items`]; where code is to be small, once for all kinds of sequences.
fn compare_by<L, R>(vm: &Vm, op: BinaryOp, left: &L, right: &R) -> Res
where
    L: Fn(usize) -> Option<Obj> + ?Sized,
    R: Fn(usize) -> Option<Obj> + ?Sized,
{
    let mut index = 0;
    loop {
        vm.work(1)?;
        match (left(index), right(index)) {
            (Some(a), Some(b)) => {
                if let Some(order) = plain_order(vm, a, b) {
                    if order.is_ne() {
                        return Ok(Obj::bool(holds(op, order)));
                    }
                } else if !vm.equal(a, b)? {
                    if op == BinaryOp::Equal {
                        return Ok(Obj::FALSE);
                    }
                    // Comparing may have changed the sequences; the order is that of the items that are there now.
                    let (Some(a), Some(b)) = (left(index), right(index)) else { continue };
                    // As in MicroPython, only `>` and `>=` are asked of items.
                    let result = match op {
                        BinaryOp::Less => vm.binary_op(BinaryOp::More, b, a)?,
                        BinaryOp::LessEqual => vm.binary_op(BinaryOp::MoreEqual, b, a)?,
                        op => vm.binary_op(op, a, b)?,
                    };
                    return Ok(Obj::bool(result == Obj::TRUE));
                }
            }
            (a, b) => return Ok(Obj::bool(holds(op, a.is_some().cmp(&b.is_some())))),
        }
        index += 1;
    }
}

#[inline(never)]
fn equal_objects(vm: &Vm, left: Obj, right: Obj) -> Res<bool> {
    match (vm.as_str(left), vm.as_str(right)) {
        (Some(left), Some(right)) => return Ok(vm.same_bytes(left, right)),
        // A value that is no object has no `__eq__` that could equal a string.
        (Some(_), None) if !right.is_pointer() => return Ok(false),
        (None, Some(_)) if !left.is_pointer() => return Ok(false),
        _ => {}
    }
    if let (Some(left), Some(right)) = (left.downcast::<Tuple>(), right.downcast::<Tuple>()) {
        return equal_tuples(vm, left, right);
    }
    let equal = vm.equality(left, right)?;
    vm.truth(equal)
}

fn equal_tuples(vm: &Vm, left: Gc<Tuple>, right: Gc<Tuple>) -> Res<bool> {
    if left == right {
        return Ok(true);
    }
    if left.items().len() != right.items().len() {
        return Ok(false);
    }
    vm.check_depth()?;
    for (left, right) in left.items().iter().zip(right.items()) {
        vm.work(1)?;
        if !vm.equal(*left, *right)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The order of two small ints or of two strings; `None` for other operands.
#[inline]
fn plain_order(vm: &Vm, left: Obj, right: Obj) -> Option<Ordering> {
    match (left.as_small_int(), right.as_small_int()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        (None, None) => Some(vm.order_of_bytes(vm.as_str(left)?, vm.as_str(right)?)),
        _ => None,
    }
}

/// The result of `==` or `!=`. The types of both operands are asked, the left one first unless the right one derives
/// from it. `!=` is the opposite of `==`, unless a type has the flag `EQ_HAS_NE`.
fn compare_equal(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res {
    let answer = |equal: bool| Obj::bool(equal == (op == BinaryOp::Equal));
    if left == right && !vm.type_of(left).has(flag::EQ_NOT_REFLEXIVE) {
        return Ok(answer(true));
    }
    if are_unequal(left, right) {
        return Ok(answer(false));
    }
    if let (Some(left), Some(right)) = (vm.as_str(left), vm.as_str(right)) {
        return Ok(answer(vm.same_bytes(left, right)));
    }
    vm.check_depth()?;
    let (first, second) = if is_of_derived_class(vm, right, left) { (right, left) } else { (left, right) };
    for (own, other) in [(first, second), (second, first)] {
        // To a built-in type, an instance of a class that derives from it is as good as the object inside.
        if let Some(inside) = vm.native_base(other)
            && is_of_derived_class(vm, other, own)
        {
            return vm.equal(own, inside).map(answer);
        }
        // A small int is not asked about a value that is no object: only a bool may equal it, and the bool's type is
        // asked.
        if own.is_small_int() && !other.is_pointer() {
            continue;
        }
        let ty = vm.type_of(own);
        let Some(binary_op) = ty.slots.binary_op() else { continue };
        if !ty.has(flag::EQ_CHECKS_OTHER_TYPE) && vm.type_of(other) != ty {
            continue;
        }
        if op == BinaryOp::NotEqual
            && ty.has(flag::EQ_HAS_NE)
            && let Some(result) = binary_op(vm, op, own, other)?
        {
            return Ok(result);
        }
        if let Some(result) = binary_op(vm, BinaryOp::Equal, own, other)? {
            return if op == BinaryOp::Equal { Ok(result) } else { Ok(answer(vm.truth(result)?)) };
        }
    }
    Ok(answer(left == right))
}

/// Compares two tuples with `op`, which is an order or equality.
///
/// # Errors
/// What comparing items raises.
pub(crate) fn compare_tuples(vm: &Vm, op: BinaryOp, left: Gc<Tuple>, right: Gc<Tuple>) -> Res {
    let (left, right) = (left.items(), right.items());
    vm.compare_items(op, |index| left.get(index).copied(), |index| right.get(index).copied())
}

/// Whether the comparison `op` holds for two operands whose order is `order`.
pub fn holds(op: BinaryOp, order: Ordering) -> bool {
    match op {
        BinaryOp::Less => order.is_lt(),
        BinaryOp::LessEqual => order.is_le(),
        BinaryOp::More => order.is_gt(),
        BinaryOp::MoreEqual => order.is_ge(),
        BinaryOp::NotEqual => order.is_ne(),
        _ => order.is_eq(),
    }
}

/// Whether `op` is one of `<`, `<=`, `>`, `>=`, `==`.
pub fn is_comparison(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::More | BinaryOp::MoreEqual | BinaryOp::Equal)
}
