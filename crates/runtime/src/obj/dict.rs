//! The type `dict`.

use berus_mpy::opcode::BinaryOp;

use crate::data::dict::Dicts;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::layout::{Dict, Tuple};
use crate::model::object::{Gc, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Compare, Iterate, Strs};
use crate::model::types::{Definition, Subscr, Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::view::{Kind, View};
use crate::obj::{exception, tuple, view};
use crate::ops::attr::Attributes;
use crate::ops::call::Call;
use crate::ops::convert::wrong_type;
use crate::ops::print::Print;
use crate::ops::subscr::Subscripts;
#[cfg(feature = "python")]
use crate::ops::truth::Truth;
use crate::qstr::Qstr;
use crate::{define, members, q};

const fn table(name: Qstr) -> Definition {
    // An ordered dict is compared with one that is not.
    Type::new(name)
        .flags(if cfg!(feature = "python") { flag::EQ_CHECKS_OTHER_TYPE } else { 0 })
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .subscr(subscr)
        .contains(contains)
        .items(view::next_key)
        .locals(METHODS)
}

/// The type `dict`.
pub static TYPE: Type = define!(table(q!("dict")));

/// The type `collections.OrderedDict`: a dict whose order counts in comparisons.
#[cfg(not(feature = "python"))]
pub static ORDERED_TYPE: Type = define!(table(q!("OrderedDict")).parent(&TYPE));

/// The type `collections.OrderedDict`: a dict whose order counts in comparisons.
#[cfg(feature = "python")]
pub static ORDERED_TYPE: Type = define!(table(q!("OrderedDict")).parent(&TYPE).locals(ORDERED_METHODS));

#[cfg(feature = "python")]
members! {
    static ORDERED_METHODS = {
        "move_to_end" => kw(2, move_to_end),
        "popitem" => kw(1, popitem_of_ordered),
    }
}

/// Moves the entry of `key` behind all others, or before them.
#[cfg(feature = "python")]
fn move_entry(vm: &Vm, dict: Gc<Dict>, key: Obj, last: bool) -> Res<()> {
    let Some(value) = dict.map.remove(vm, key)? else { return Err(vm.key_error(key)) };
    if last {
        return dict.map.store(vm, key, value);
    }
    let others = dict.copy(vm)?;
    dict.map.clear();
    dict.map.store(vm, key, value)?;
    dict.merge(vm, &others)
}

/// `move_to_end(key, last=True)`
#[cfg(feature = "python")]
fn move_to_end(vm: &Vm, args: Args<'_>) -> Res {
    let [key, last] = args.behind(1).by_name(vm, [q!("key"), q!("last")], 1)?;
    let last = last.map_or(Ok(true), |last| vm.truth(last))?;
    move_entry(vm, changing(vm, args.pos()[0])?, key.unwrap_or(Obj::NONE), last)?;
    Ok(Obj::NONE)
}

/// `popitem(last=True)`
#[cfg(feature = "python")]
fn popitem_of_ordered(vm: &Vm, args: Args<'_>) -> Res {
    let [last] = args.behind(1).by_name(vm, [q!("last")], 0)?;
    let object = args.pos()[0];
    let dict = changing(vm, object)?;
    if !last.map_or(Ok(true), |last| vm.truth(last))?
        && let Some((_, key, _)) = dict.map.entry_from(0)
    {
        move_entry(vm, dict, key, true)?;
    }
    popitem(vm, object)
}

members! {
    static METHODS = {
        "clear" => f1(clear),
        "copy" => f1(copy),
        "fromkeys" => class_method(var(2, 3, fromkeys)),
        "get" => var(2, 3, get),
        "items" => f1(items),
        "keys" => f1(keys),
        "pop" => var(2, 3, pop),
        "popitem" => f1(popitem),
        "setdefault" => var(2, 3, setdefault),
        "update" => kw(1, update),
        "values" => f1(values),
        "__getitem__" => f2(get_item),
        "__setitem__" => f3(set_item),
        "__delitem__" => f2(delete_item),
    }
}

// SAFETY: `Dict` is `repr(C)` and starts with a header; only dicts have this type.
unsafe impl Object for Dict {
    const TYPE: &'static Type = &TYPE;
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<Dict>> {
    match vm.as_dict(object) {
        Some(dict) => Ok(dict),
        None => Err(wrong_type(vm)),
    }
}

/// The dict that a method is about to change.
fn changing(vm: &Vm, object: Obj) -> Res<Gc<Dict>> {
    let dict = of(vm, object)?;
    if dict.is_fixed() {
        return Err(vm.error_with(&exception::TYPE_ERROR, &[]));
    }
    Ok(dict)
}

fn make_new(vm: &Vm, ty: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 1, true)?;
    let ordered = ty == Gc::from_static(&ORDERED_TYPE);
    let dict = vm.alloc(Dict::empty(Gc::from_static(if ordered { &ORDERED_TYPE } else { &TYPE })))?;
    fill(vm, dict, args.pos().first().copied(), args)?;
    Ok(dict.obj())
}

/// Adds the entries of `source`, if there is one, and the keywords of `args`.
fn fill(vm: &Vm, dict: Gc<Dict>, source: Option<Obj>, args: Args<'_>) -> Res<()> {
    if let Some(source) = source {
        dict.update(vm, source)?;
    }
    for (key, value) in args.kw() {
        dict.map.store(vm, key, value)?;
    }
    Ok(())
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let dict = of(vm, object)?;
    let json = style == Style::Json;
    let style = if json { style } else { Style::Repr };
    let ordered = dict.is_ordered() && !json;
    out.write(vm, if ordered { b"OrderedDict({" } else { b"{" })?;
    let mut at = 0;
    let mut first = true;
    while let Some((found, key, value)) = dict.map.entry_from(at) {
        if !first {
            out.write_comma(vm)?;
        }
        first = false;
        // JSON has no other keys than strings.
        let quote: &[u8] =
            if json && vm.str_or_bytes(key).map_err(|raised| vm.take_exception(raised)).is_err() { b"\"" } else { b"" };
        if json && vm.is_subtype(vm.type_of(key), &tuple::TYPE) {
            return Err(vm.type_error(format_args!("keys must be str, int, float, bool or None")));
        }
        out.write(vm, quote)?;
        vm.print(out, key, style)?;
        out.write(vm, quote)?;
        out.write_colon(vm)?;
        vm.print(out, value.unwrap_or(Obj::NONE), style)?;
        at = found + 1;
    }
    out.write(vm, if ordered { b"})" } else { b"}" })
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let dict = of(vm, object)?;
    Ok(match op {
        UnaryOp::Bool => Some(Obj::bool(!dict.map.is_empty())),
        UnaryOp::Len => Some(Obj::small_int_wrapping(dict.map.len() as isize)),
        UnaryOp::Sizeof => Some(Obj::small_int_wrapping((size_of::<Dict>() + dict.map.bytes()) as isize)),
        _ => None,
    })
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let dict = of(vm, left)?;
    match op {
        BinaryOp::Equal => match vm.as_dict(right) {
            Some(other) => equal(vm, dict, other).map(|equal| Some(Obj::bool(equal))),
            None => Ok(None),
        },
        BinaryOp::Or => {
            let copy = dict.copy(vm)?;
            copy.update(vm, right)?;
            Ok(Some(copy.obj()))
        }
        BinaryOp::InplaceOr => {
            changing(vm, left)?.update(vm, right)?;
            Ok(Some(left))
        }
        _ => Ok(None),
    }
}

fn equal(vm: &Vm, a: Gc<Dict>, b: Gc<Dict>) -> Res<bool> {
    if a.map.len() != b.map.len() {
        return Ok(false);
    }
    let ordered = a.is_ordered() && b.is_ordered();
    let (mut at, mut other_at) = (0, 0);
    while let Some((found, key, value)) = a.map.entry_from(at) {
        vm.work(1 + (found - at) / 8)?;
        at = found + 1;
        let other = if ordered {
            match b.map.entry_from(other_at) {
                Some((found, other_key, other)) if vm.equal(key, other_key)? => {
                    other_at = found + 1;
                    other
                }
                _ => return Ok(false),
            }
        } else {
            b.map.get(vm, key)?
        };
        match (value, other) {
            (Some(value), Some(other)) if vm.equal(value, other)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

fn subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    let dict = if let Subscr::Load = request { of(vm, object)? } else { changing(vm, object)? };
    let map = &dict.map;
    match request {
        Subscr::Load => match map.get(vm, index)? {
            Some(value) => Ok(Some(value)),
            None => Err(vm.key_error(index)),
        },
        Subscr::Store(value) => {
            map.store(vm, index, value)?;
            Ok(Some(Obj::NONE))
        }
        Subscr::Delete => match map.remove(vm, index)? {
            Some(_) => Ok(Some(Obj::NONE)),
            None => Err(vm.key_error(index)),
        },
    }
}

fn contains(vm: &Vm, object: Obj, item: Obj) -> Res<Option<bool>> {
    Ok(Some(of(vm, object)?.map.find(vm, item)?.is_some()))
}

fn clear(vm: &Vm, object: Obj) -> Res {
    changing(vm, object)?.map.clear();
    Ok(Obj::NONE)
}

fn copy(vm: &Vm, object: Obj) -> Res {
    Ok(of(vm, object)?.copy(vm)?.obj())
}

fn fromkeys(vm: &Vm, args: &[Obj]) -> Res {
    let dict = vm.call(args[0], &[])?;
    let value = args.get(2).copied().unwrap_or(Obj::NONE);
    let iterator = vm.each(args[1])?;
    while let Some(key) = iterator.next(vm)? {
        vm.store_subscr(dict, key, value)?;
    }
    Ok(dict)
}

pub(crate) fn get(vm: &Vm, args: &[Obj]) -> Res {
    let value = of(vm, args[0])?.map.get(vm, args[1])?;
    Ok(value.or(args.get(2).copied()).unwrap_or(Obj::NONE))
}

fn pop(vm: &Vm, args: &[Obj]) -> Res {
    let value = changing(vm, args[0])?.map.remove(vm, args[1])?;
    value.or(args.get(2).copied()).ok_or_else(|| vm.key_error(args[1]))
}

fn popitem(vm: &Vm, object: Obj) -> Res {
    let dict = changing(vm, object)?;
    let Some((at, key, value)) = dict.map.last_entry() else {
        return Err(vm.error(&exception::KEY_ERROR, format_args!("popitem(): dictionary is empty")));
    };
    vm.work((dict.map.entries().len() - at) / 8)?;
    let pair = Tuple::new(vm, &[key, value.unwrap_or(Obj::NONE)])?;
    dict.map.remove_at(at);
    Ok(pair.obj())
}

fn setdefault(vm: &Vm, args: &[Obj]) -> Res {
    let dict = changing(vm, args[0])?;
    if let Some(value) = dict.map.get(vm, args[1])? {
        return Ok(value);
    }
    let value = args.get(2).copied().unwrap_or(Obj::NONE);
    dict.map.store(vm, args[1], value)?;
    Ok(value)
}

fn update(vm: &Vm, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 2, true)?;
    fill(vm, changing(vm, args.pos()[0])?, args.pos().get(1).copied(), args)?;
    Ok(Obj::NONE)
}

fn items(vm: &Vm, object: Obj) -> Res {
    View::object(vm, of(vm, object)?, Kind::Items)
}

fn keys(vm: &Vm, object: Obj) -> Res {
    View::object(vm, of(vm, object)?, Kind::Keys)
}

fn values(vm: &Vm, object: Obj) -> Res {
    View::object(vm, of(vm, object)?, Kind::Values)
}

fn get_item(vm: &Vm, object: Obj, key: Obj) -> Res {
    Ok(subscr(vm, object, key, Subscr::Load)?.unwrap_or(Obj::NONE))
}

fn set_item(vm: &Vm, object: Obj, key: Obj, value: Obj) -> Res {
    Ok(subscr(vm, object, key, Subscr::Store(value))?.unwrap_or(Obj::NONE))
}

fn delete_item(vm: &Vm, object: Obj, key: Obj) -> Res {
    Ok(subscr(vm, object, key, Subscr::Delete)?.unwrap_or(Obj::NONE))
}

impl Dict {
    /// Adds the entries of `source`: those of a dict, items of an object by the keys of its `keys()`, or pairs that it
    /// yields.
    ///
    /// # Errors
    /// `ValueError` if `source` yields something else than pairs, and whatever `source` raises.
    pub fn update(&self, vm: &Vm, source: Obj) -> Res<()> {
        if let Some(other) = vm.as_dict(source) {
            return self.merge(vm, &other);
        }
        if let Some(keys) = vm.find_attr_quietly(source, q!("keys"))? {
            let keys = vm.call(keys, &[])?;
            let keys = vm.each(keys)?;
            while let Some(key) = keys.next(vm)? {
                let value = vm.load_subscr(source, key)?;
                self.map.store(vm, key, value)?;
            }
            return Ok(());
        }
        let iterator = vm.each(source)?;
        while let Some(pair) = iterator.next(vm)? {
            let pair = vm.each(pair)?;
            match (pair.next(vm)?, pair.next(vm)?, pair.next(vm)?) {
                (Some(key), Some(value), None) => self.map.store(vm, key, value)?,
                _ => return Err(vm.value_error(format_args!("dict update sequence has wrong length"))),
            }
        }
        Ok(())
    }
}
