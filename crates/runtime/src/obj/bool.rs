//! The type `bool`.

use berus_mpy::opcode::BinaryOp;

use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::Res;
use crate::model::object::Gc;
use crate::model::printer::{Printer, Style};
use crate::model::types::{Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::int;
#[cfg(feature = "python")]
use crate::ops::arithmetic::plain;
use crate::ops::arithmetic::{Arithmetic, try_binary_op};
use crate::ops::truth::Truth;
use crate::{define, q};

/// The type `bool`.
pub static TYPE: Type = define!(
    Type::new(q!("bool"))
        .flags(flag::EQ_CHECKS_OTHER_TYPE)
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .parent(&int::TYPE)
);

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 1, false)?;
    match args.pos() {
        [] => Ok(Obj::FALSE),
        [value, ..] => Ok(Obj::bool(vm.truth(*value)?)),
    }
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    out.write(
        vm,
        match (object == Obj::TRUE, style) {
            (true, Style::Json) => b"true",
            (false, Style::Json) => b"false",
            (true, _) => b"True",
            (false, _) => b"False",
        },
    )
}

/// The int that a bool is equal to: 1 for `True`, 0 for `False`.
fn as_int(object: Obj) -> Obj {
    Obj::small_int_wrapping(isize::from(object == Obj::TRUE))
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    match op {
        UnaryOp::Bool => Ok(Some(object)),
        UnaryOp::Len => Ok(None),
        UnaryOp::Float | UnaryOp::Complex => Ok(None),
        op => vm.unary_op(op, as_int(object)).map(Some),
    }
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    #[cfg(feature = "python")]
    if let Some(other) = right.as_bool() {
        // MicroPython answers ints.
        let truth = left == Obj::TRUE;
        match plain(op) {
            BinaryOp::And => return Ok(Some(Obj::bool(truth & other))),
            BinaryOp::Or => return Ok(Some(Obj::bool(truth | other))),
            BinaryOp::Xor => return Ok(Some(Obj::bool(truth ^ other))),
            _ => {}
        }
    }
    let right = if right.as_bool().is_some() { as_int(right) } else { right };
    if right.is_small_int() {
        return int::binary_small(vm, op, isize::from(left == Obj::TRUE), right.as_small_int().unwrap_or(0)).map(Some);
    }
    try_binary_op(vm, op, as_int(left), right)
}
