//! The type `int`: whole numbers of any size.
//!
//! Small ints are in the word itself, others are objects (`large`). Numbers that fit a small int are never objects.
//! Without the feature `bigint` all ints are small, and larger results raise `OverflowError`.

mod bytes;
#[cfg(feature = "bigint")]
mod large;
#[cfg(not(feature = "bigint"))]
#[path = "no_large.rs"]
mod large;
#[cfg(feature = "python")]
mod more;
mod small;
mod text;

use berus_mpy::opcode::BinaryOp;

use crate::data::tuple::is_repeatable;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::buffer::Access;
use crate::model::error::{Raise, Raised, Res};
use crate::model::object::Gc;
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Ints, Strs};
use crate::model::types::{Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::float;
pub use crate::obj::int::bytes::{Range, write_bytes};
pub use crate::obj::int::large::{is_large, pow3, to_float};
#[cfg(feature = "python")]
pub(crate) use crate::obj::int::more::inverse;
pub use crate::obj::int::small::binary_small;
pub(crate) use crate::obj::int::small::{both_small, long, short};
pub use crate::obj::int::text::{digits, parse};
use crate::ops::arithmetic::{Arithmetic, plain};
use crate::ops::buffer::Buffers;
use crate::ops::compare::is_comparison;
use crate::ops::convert::Convert;
use crate::ops::print::Print;
use crate::{define, members, q};

/// The type `int`.
pub static TYPE: Type = define!(
    Type::new(q!("int"))
        .flags(flag::EQ_CHECKS_OTHER_TYPE)
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .locals(METHODS)
);

members! {
    static METHODS = {
        "from_bytes" => class_method(kw(2, bytes::from_bytes)),
        "to_bytes" => kw(1, bytes::to_bytes),
        #[cfg(feature = "python")]
        "bit_length" => f1(more::bit_length),
        #[cfg(feature = "python")]
        "bit_count" => f1(more::bit_count),
        #[cfg(feature = "python")]
        "conjugate" => f1(more::conjugate),
        #[cfg(feature = "python")]
        "as_integer_ratio" => f1(more::as_integer_ratio),
    }
}

impl Ints for Vm {
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn new_int(&self, value: isize) -> Res {
        match Obj::small_int(value) {
            Some(small) => Ok(small),
            None => large::new(self, value < 0, value.unsigned_abs() as u64),
        }
    }

    fn new_uint(&self, value: usize) -> Res {
        match isize::try_from(value) {
            Ok(value) => self.new_int(value),
            Err(_) => large::new(self, false, value as u64),
        }
    }

    fn new_i64(&self, value: i64) -> Res {
        match isize::try_from(value) {
            Ok(value) => self.new_int(value),
            Err(_) => large::new(self, value < 0, value.unsigned_abs()),
        }
    }

    fn new_u64(&self, value: u64) -> Res {
        match isize::try_from(value) {
            Ok(value) => self.new_int(value),
            Err(_) => large::new(self, false, value),
        }
    }

    fn int_is_negative(&self, int: Obj) -> bool {
        match int.as_small_int() {
            Some(value) => value < 0,
            None => large::is_negative(int),
        }
    }

    fn int_truncated(&self, object: Obj) -> Res<usize> {
        let int = self.to_int(object)?;
        Ok(match int.as_small_int() {
            Some(value) => value as usize,
            None => large::low_word(int).unwrap_or(0),
        })
    }

    fn int_to_isize(&self, int: Obj) -> Option<isize> {
        int.as_small_int().or_else(|| large::to_isize(int))
    }

    fn int_of_float(&self, value: f64) -> Res {
        if value.is_nan() {
            return Err(self.value_error(format_args!("can't convert NaN to int")));
        }
        if value.is_infinite() {
            return Err(self.overflow_error(format_args!("can't convert inf to int")));
        }
        let value = float::trunc(value);
        if value.abs() < Obj::SMALL_INT_MAX as f64 {
            return Ok(Obj::small_int_wrapping(value as isize));
        }
        large::from_float(self, value)
    }
}

#[cold]
fn divide_by_zero(vm: &Vm) -> Raised {
    vm.zero_division(format_args!("divide by zero"))
}

#[cold]
fn negative_shift(vm: &Vm) -> Raised {
    vm.value_error(format_args!("negative shift count"))
}

fn make_new(vm: &Vm, ty: Gc<Type>, args: Args<'_>) -> Res {
    let _ = ty;
    vm.check_args(args, 0, 2, false)?;
    match *args.pos() {
        [] => Ok(Obj::small_int_wrapping(0)),
        [value] => {
            if let Some(int) = vm.try_int(value)? {
                return Ok(int);
            }
            if let Some(value) = float::as_float(value) {
                return vm.int_of_float(value);
            }
            match vm.try_buffer(value, Access::Read)? {
                Some(text) => parse(vm, text.bytes(), 10),
                None => vm.to_int(value),
            }
        }
        [text, base, ..] => {
            let base = vm.int(base)?;
            let text = vm.str_or_bytes(text)?;
            parse(vm, text, base)
        }
    }
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    match object.as_small_int() {
        Some(value) => vm.print_fmt(out, format_args!("{value}")),
        None => large::print(vm, object, 10, out),
    }
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    if !object.is_small_int() {
        return large::unary(vm, op, object);
    }
    // `Vm::unary_op` itself has the operators that change a small int.
    Ok(match op {
        UnaryOp::Bool => Some(Obj::bool(object != Obj::small_int_wrapping(0))),
        UnaryOp::Hash | UnaryOp::Int | UnaryOp::Positive => Some(object),
        UnaryOp::Sizeof => Some(Obj::small_int_wrapping(size_of::<Obj>() as isize)),
        _ => None,
    })
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    if vm.is_int_or_bool(right) {
        if is_comparison(op) || op as u8 >= BinaryOp::InplaceOr as u8 && plain(op) != BinaryOp::MatMultiply {
            return large::binary(vm, op, left, right).map(Some);
        }
        return Ok(None);
    }
    if let Some(result) = float::binary_after_int(vm, op, left, right)? {
        return Ok(Some(result));
    }
    if plain(op) == BinaryOp::Multiply && is_repeatable(vm, right) {
        return vm.binary_op(BinaryOp::Multiply, right, left).map(Some);
    }
    Ok(None)
}
