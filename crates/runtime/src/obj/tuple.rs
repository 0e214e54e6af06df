//! The type `tuple`.

use berus_mpy::opcode::BinaryOp;

use crate::data::tuple::Tuples;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::iterator::Iter;
use crate::model::layout::Tuple;
use crate::model::object::{Gc, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Hash, Iterate};
use crate::model::types::{Subscr, Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::slice::Slice;
use crate::ops::arithmetic::plain;
use crate::ops::compare::{compare_tuples, is_comparison};
use crate::ops::convert::{Convert, Items, as_iterated, wrong_type};
use crate::ops::print::Print;
use crate::ops::{hash, sequence};
use crate::{define, members, q};

/// The type `tuple`.
pub static TYPE: Type = define!(
    Type::new(q!("tuple"))
        .layout_flags(flag::TUPLE | flag::EQ_CHECKS_OTHER_TYPE | flag::SUBSCR_ALLOWS_STACK_SLICE)
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .subscr(subscr)
        .items(next)
        .locals(METHODS)
);

members! {
    pub(crate) static METHODS = {
        "count" => f2(count),
        "index" => var(2, 4, index),
    }
}

// SAFETY: `Tuple` is `repr(C)` and starts with a header; only tuples have this type.
unsafe impl Object for Tuple {
    const TYPE: &'static Type = &TYPE;
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<Tuple>> {
    match vm.as_tuple(object) {
        Some(tuple) => Ok(tuple),
        None => Err(wrong_type(vm)),
    }
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 1, false)?;
    match args.pos() {
        [] => Ok(Tuple::EMPTY.obj()),
        [tuple, ..] if tuple.downcast::<Tuple>().is_some() => Ok(*tuple),
        [iterable, ..] => Ok(match as_iterated(vm, *iterable) {
            Some(Items::List(list)) => Tuple::of_list(vm, &list)?,
            Some(Items::Tuple(tuple)) => Tuple::new(vm, tuple.items())?,
            None => Tuple::of_list(vm, &*vm.to_list(*iterable)?)?,
        }
        .obj()),
    }
}

pub(crate) fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let tuple = of(vm, object)?;
    let items = tuple.items();
    let (open, close): (&[u8], &[u8]) = match (style, items.len()) {
        (Style::Json, _) => (b"[", b"]"),
        (_, 1) => (b"(", b",)"),
        _ => (b"(", b")"),
    };
    vm.print_items(out, style, (open, close), &|index| items.get(index).copied())
}

pub(crate) fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let tuple = of(vm, object)?;
    let items = tuple.items();
    Ok(match op {
        UnaryOp::Bool => Some(Obj::bool(!items.is_empty())),
        UnaryOp::Len => Some(Obj::small_int_wrapping(items.len() as isize)),
        UnaryOp::Hash => {
            let mut hash = 3_430_008;
            for &item in items {
                vm.work(1)?;
                hash = hash::combine(hash, vm.hash(item)?);
            }
            Some(hash::to_obj(hash))
        }
        UnaryOp::Sizeof => Some(Obj::small_int_wrapping((size_of::<Tuple>() + size_of_val(items)) as isize)),
        _ => None,
    })
}

pub(crate) fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let tuple = of(vm, left)?;
    let items = tuple.items();
    if plain(op) == BinaryOp::Multiply {
        let Some(count) = vm.try_int(right)? else { return Ok(None) };
        let count = usize::try_from(vm.int(count)?).unwrap_or(0);
        return Tuple::repeated(vm, items, count).map(|tuple| Some(tuple.obj()));
    }
    let Some(other) = vm.as_tuple(right) else { return Ok(None) };
    let others = other.items();
    if plain(op) == BinaryOp::Add {
        return Tuple::joined(vm, items, others).map(|tuple| Some(tuple.obj()));
    }
    if op == BinaryOp::Equal && items.len() != others.len() {
        return Ok(Some(Obj::FALSE));
    }
    if !is_comparison(op) {
        return Ok(None);
    }
    compare_tuples(vm, op, tuple, other).map(Some)
}

pub(crate) fn subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    let Subscr::Load = request else { return Ok(None) };
    let tuple = of(vm, object)?;
    let items = tuple.items();
    if let Some(slice) = index.downcast::<Slice>() {
        let bounds = slice.selection(vm, || items.len())?;
        if cfg!(feature = "python") && bounds.step != 1 {
            let selected = (0..bounds.len).map(|number| &items[bounds.at(number)]);
            return Ok(Some(Tuple::build(vm, bounds.len, selected)?.obj()));
        }
        return Ok(Some(Tuple::new(vm, items.get(bounds.start..bounds.start + bounds.len).unwrap_or_default())?.obj()));
    }
    let at = vm.index(&vm.type_of(object), || items.len(), index)?;
    Ok(Some(items[at]))
}

pub(crate) fn next(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    Ok(of(vm, iter.source)?.items().get(iter.advance()).copied())
}

fn count(vm: &Vm, object: Obj, item: Obj) -> Res {
    let tuple = of(vm, object)?;
    sequence::count(vm, Items::Tuple(tuple), item)
}

fn index(vm: &Vm, args: &[Obj]) -> Res {
    let tuple = of(vm, args[0])?;
    sequence::index(vm, &TYPE, Items::Tuple(tuple), args)
}
