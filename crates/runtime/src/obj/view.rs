//! Views of a dict: its keys, values and items.

use berus_mpy::opcode::BinaryOp;

use crate::data::dict::Dicts;
#[cfg(feature = "python")]
use crate::model::error::Raise;
use crate::model::error::Res;
use crate::model::iterator::Iter;
use crate::model::layout::{Dict, Tuple};
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
#[cfg(feature = "python")]
use crate::model::protocols::Iterate;
use crate::model::types::{Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::model::work::spend_work;
use crate::obj::set::{Set, is_any_set};
use crate::ops::arithmetic::Arithmetic;
use crate::ops::compare::is_comparison;
use crate::ops::convert::Convert;
use crate::ops::print::Print;
#[cfg(feature = "python")]
use crate::ops::subscr::Subscripts;
use crate::{define, q};

/// The type `dict_view`.
pub static TYPE: Type = define!(
    Type::new(q!("dict_view"))
        .flags(if cfg!(feature = "python") { flag::EQ_CHECKS_OTHER_TYPE } else { 0 })
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .contains(contains)
        .items(next)
        .locals(METHODS)
);

crate::members! {
    static METHODS = {
        #[cfg(feature = "python")]
        "isdisjoint" => f2(isdisjoint),
    }
}

/// What a view of a dict shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The keys, as of `keys()`.
    Keys,
    /// The values, as of `values()`.
    Values,
    /// Pairs of key and value, as of `items()`.
    Items,
}

/// A view of a dict.
#[repr(C)]
pub struct View {
    header: Header,
    dict: Gc<Dict>,
    kind: Kind,
}

// SAFETY: `View` is `repr(C)` and starts with a header; only views have this type.
unsafe impl Object for View {
    const TYPE: &'static Type = &TYPE;
}

impl View {
    /// A view of what `kind` says of `dict`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn object(vm: &Vm, dict: Gc<Dict>, kind: Kind) -> Res {
        Ok(vm.alloc(View { header: Header::of(&TYPE), dict, kind })?.obj())
    }
}

fn entry(vm: &Vm, iter: &Iter, dict: Obj) -> Res<Option<(Obj, Obj)>> {
    let Some(dict) = vm.as_dict(dict) else { return Ok(None) };
    let place = iter.place(vm, dict.map.len(), dict.map.entries().len(), "dictionary")?;
    let Some((at, key, value)) = dict.map.entry_from(place) else { return Ok(None) };
    spend_work(vm, (at - place) / 8);
    iter.set_place(at + 1);
    Ok(Some((key, value.unwrap_or(Obj::NONE))))
}

/// The next key of the dict that `iter` goes over.
pub(crate) fn next_key(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    Ok(entry(vm, iter, iter.source)?.map(|(key, _)| key))
}

fn next(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    let view = of(vm, iter.source)?;
    let Some((key, value)) = entry(vm, iter, view.dict.obj())? else { return Ok(None) };
    Ok(Some(match view.kind {
        Kind::Keys => key,
        Kind::Values => value,
        Kind::Items => Tuple::new(vm, &[key, value])?.obj(),
    }))
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<View>> {
    vm.this(object)
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let view = of(vm, object)?;
    out.write(
        vm,
        match view.kind {
            Kind::Keys => b"dict_keys([",
            Kind::Values => b"dict_values([",
            Kind::Items => b"dict_items([",
        },
    )?;
    let (mut at, mut first) = (0, true);
    while let Some((found, key, value)) = view.dict.map.entry_from(at) {
        if !first {
            out.write(vm, b", ")?;
        }
        first = false;
        let value = value.unwrap_or(Obj::NONE);
        match view.kind {
            Kind::Keys => vm.print(out, key, Style::Repr)?,
            Kind::Values => vm.print(out, value, Style::Repr)?,
            Kind::Items => {
                let pair = [key, value];
                vm.print_items(out, Style::Repr, (b"(", b")"), &|index| pair.get(index).copied())?;
            }
        }
        at = found + 1;
    }
    out.write(vm, b"])")
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let view = of(vm, object)?;
    Ok(match op {
        UnaryOp::Bool => Some(Obj::bool(!view.dict.map.is_empty())),
        UnaryOp::Len => Some(Obj::small_int_wrapping(view.dict.map.len() as isize)),
        UnaryOp::Hash if view.kind == Kind::Values => Some(Obj::small_int_wrapping((object.bits() >> 4) as isize)),
        _ => None,
    })
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let view = of(vm, left)?;
    let is_set = view.kind == Kind::Keys || view.kind == Kind::Items && cfg!(feature = "python");
    let compares =
        cfg!(feature = "python") && is_comparison(op) && (right.downcast::<View>().is_some() || is_any_set(right));
    if !is_set || !matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor | BinaryOp::Subtract) && !compares {
        return Ok(None);
    }
    let keys = Set::from_iterable(vm, left)?;
    let others = Set::from_iterable(vm, right)?;
    vm.binary_op(op, keys.obj(), others.obj()).map(Some)
}

/// `isdisjoint(others)`, of views that are like sets.
#[cfg(feature = "python")]
fn isdisjoint(vm: &Vm, object: Obj, others: Obj) -> Res {
    if of(vm, object)?.kind == Kind::Values {
        return Err(vm.attribute_error(format_args!("'dict_values' object has no attribute 'isdisjoint'")));
    }
    let others = vm.each(others)?;
    while let Some(item) = others.next(vm)? {
        if vm.contains(object, item)? {
            return Ok(Obj::FALSE);
        }
    }
    Ok(Obj::TRUE)
}

fn contains(vm: &Vm, object: Obj, item: Obj) -> Res<Option<bool>> {
    let view = of(vm, object)?;
    match view.kind {
        Kind::Keys => Ok(Some(view.dict.map.find(vm, item)?.is_some())),
        _ => Ok(None),
    }
}
