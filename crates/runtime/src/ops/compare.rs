//! Comparison.

use core::cmp::Ordering;

use berus_mpy::opcode::BinaryOp;

use crate::error::Res;
use crate::obj::tuple::Tuple;
use crate::object::Gc;
use crate::types::flag;
use crate::vm::Vm;
use crate::word::Obj;

impl Vm {
    /// Whether two values are equal, as far as `==` has a truth.
    ///
    /// # Errors
    /// What a class's `__eq__` raises; `RuntimeError` if they are nested too deep.
    #[inline(always)]
    pub fn equal(&self, left: Obj, right: Obj) -> Res<bool> {
        if left == right && !left.is_pointer() {
            return Ok(true);
        }
        if are_unequal(left, right) { Ok(false) } else { self.equal_objects(left, right) }
    }

    #[inline(never)]
    fn equal_objects(&self, left: Obj, right: Obj) -> Res<bool> {
        match (self.as_str(left), self.as_str(right)) {
            (Some(left), Some(right)) => return Ok(self.same_bytes(left, right)),
            // What is no object has no `__eq__` either.
            (Some(_), None) if !right.is_pointer() => return Ok(false),
            (None, Some(_)) if !left.is_pointer() => return Ok(false),
            _ => {}
        }
        if let (Some(left), Some(right)) = (left.downcast::<Tuple>(), right.downcast::<Tuple>()) {
            return self.equal_tuples(left, right);
        }
        let equal = self.equality(left, right)?;
        self.truth(equal)
    }

    fn equal_tuples(&self, left: Gc<Tuple>, right: Gc<Tuple>) -> Res<bool> {
        if left == right {
            return Ok(true);
        }
        if left.items().len() != right.items().len() {
            return Ok(false);
        }
        self.check_depth()?;
        for (left, right) in left.items().iter().zip(right.items()) {
            self.work(1)?;
            if !self.equal(*left, *right)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The order of two small ints or strings.
    #[inline]
    fn plain_order(&self, left: Obj, right: Obj) -> Option<Ordering> {
        match (left.as_small_int(), right.as_small_int()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            (None, None) => Some(self.order_of_bytes(self.as_str(left)?, self.as_str(right)?)),
            _ => None,
        }
    }

    /// `left == right`
    ///
    /// # Errors
    /// As [`Vm::equal`].
    pub fn equality(&self, left: Obj, right: Obj) -> Res {
        self.compare_equal(BinaryOp::Equal, left, right)
    }

    /// `left != right`
    ///
    /// # Errors
    /// As [`Vm::equal`].
    pub fn inequality(&self, left: Obj, right: Obj) -> Res {
        self.compare_equal(BinaryOp::NotEqual, left, right)
    }

    /// `==` or `!=`. Each operand's type is asked, the left one first unless the other derives from it; `!=` is what `==` is not, unless a
    /// type says otherwise.
    fn compare_equal(&self, op: BinaryOp, left: Obj, right: Obj) -> Res {
        let answer = |equal: bool| Obj::bool(equal == (op == BinaryOp::Equal));
        if left == right && !self.type_of(left).has(flag::EQ_NOT_REFLEXIVE) {
            return Ok(answer(true));
        }
        if are_unequal(left, right) {
            return Ok(answer(false));
        }
        if let (Some(left), Some(right)) = (self.as_str(left), self.as_str(right)) {
            return Ok(answer(self.same_bytes(left, right)));
        }
        self.check_depth()?;
        let (first, second) = if self.is_of_derived_class(right, left) { (right, left) } else { (left, right) };
        for (own, other) in [(first, second), (second, first)] {
            // A small int knows itself and other ints, nothing else.
            if own.is_small_int() && !other.is_pointer() {
                continue;
            }
            let ty = self.type_of(own);
            let Some(binary_op) = ty.slots.binary_op else { continue };
            if !ty.has(flag::EQ_CHECKS_OTHER_TYPE) && self.type_of(other) != ty {
                continue;
            }
            if op == BinaryOp::NotEqual
                && ty.has(flag::EQ_HAS_NE)
                && let Some(result) = binary_op(self, op, own, other)?
            {
                return Ok(result);
            }
            if let Some(result) = binary_op(self, BinaryOp::Equal, own, other)? {
                return if op == BinaryOp::Equal { Ok(result) } else { Ok(answer(self.truth(result)?)) };
            }
        }
        Ok(answer(left == right))
    }

    /// Whether `left < right`.
    ///
    /// # Errors
    /// `TypeError` if they have no order, and what a class's `__lt__` raises.
    #[inline]
    pub fn less(&self, left: Obj, right: Obj) -> Res<bool> {
        if let Some(order) = self.plain_order(left, right) {
            return Ok(order.is_lt());
        }
        let less = match (left.downcast::<Tuple>(), right.downcast::<Tuple>()) {
            (Some(left), Some(right)) => self.compare_tuples(BinaryOp::Less, left, right)?,
            _ => self.binary_op(BinaryOp::Less, left, right)?,
        };
        self.truth(less)
    }

    /// Compares two tuples with `op`, which is an order or equality.
    ///
    /// # Errors
    /// What comparing items raises.
    pub(crate) fn compare_tuples(&self, op: BinaryOp, left: Gc<Tuple>, right: Gc<Tuple>) -> Res {
        let (left, right) = (left.items(), right.items());
        self.compare_items(op, |index| left.get(index).copied(), |index| right.get(index).copied())
    }

    /// Compares two sequences of items, each given by its number, with `op`, which is an order or equality.
    ///
    /// # Errors
    /// What comparing items raises.
    pub fn compare_items(
        &self,
        op: BinaryOp,
        left: impl Fn(usize) -> Option<Obj>,
        right: impl Fn(usize) -> Option<Obj>,
    ) -> Res {
        let mut index = 0;
        loop {
            self.work(1)?;
            match (left(index), right(index)) {
                (Some(a), Some(b)) => {
                    if let Some(order) = self.plain_order(a, b) {
                        if order.is_ne() {
                            return Ok(Obj::bool(holds(op, order)));
                        }
                    } else if !self.equal(a, b)? {
                        if op == BinaryOp::Equal {
                            return Ok(Obj::FALSE);
                        }
                        // As MicroPython does, items are asked for the greater one.
                        let result = match op {
                            BinaryOp::Less => self.binary_op(BinaryOp::More, b, a)?,
                            BinaryOp::LessEqual => self.binary_op(BinaryOp::MoreEqual, b, a)?,
                            op => self.binary_op(op, a, b)?,
                        };
                        return Ok(Obj::bool(result == Obj::TRUE));
                    }
                }
                (a, b) => return Ok(Obj::bool(holds(op, a.is_some().cmp(&b.is_some())))),
            }
            index += 1;
        }
    }
}

/// Whether two different words cannot be equal, as far as the words tell: names, small ints and `None` equal only themselves, but
/// `True` equals 1.
#[inline(always)]
pub(crate) fn are_unequal(left: Obj, right: Obj) -> bool {
    !left.is_pointer() && !right.is_pointer() && left.as_bool().is_none() && right.as_bool().is_none()
}

/// Whether `op`, which is a comparison, holds for operands in this order.
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
