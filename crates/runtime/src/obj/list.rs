//! The type `list`.

use berus_mpy::opcode::BinaryOp;

use crate::data::instance::NativeBase;
use crate::data::list::MIN;
use crate::data::slice::Bounds;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::iterator::Iter;
use crate::model::layout::List;
use crate::model::object::{Gc, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Compare, Iterate};
use crate::model::types::{Subscr, Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::model::work::spend_work_on_bytes;
use crate::obj::slice::Slice;
#[cfg(feature = "python")]
use crate::obj::slice::wrong_number;
use crate::ops::compare::is_comparison;
use crate::ops::convert::{Convert, Items, as_iterated};
use crate::ops::print::Print;
use crate::ops::sequence;
use crate::ops::truth::Truth;
use crate::{define, members, q};

/// The type `list`.
pub static TYPE: Type = define!(
    Type::new(q!("list"))
        .flags(flag::EQ_CHECKS_OTHER_TYPE | flag::SUBSCR_ALLOWS_STACK_SLICE)
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .subscr(subscr)
        .items(next)
        .locals(METHODS)
);

members! {
    static METHODS = {
        "append" => f2(append),
        "clear" => f1(clear),
        "copy" => f1(copy),
        "count" => f2(count),
        "extend" => f2(extend),
        "index" => var(2, 4, index),
        "insert" => f3(insert),
        "pop" => var(1, 2, pop),
        "remove" => f2(remove),
        "reverse" => f1(reverse),
        "sort" => kw(1, sort),
    }
}

// SAFETY: `List` is `repr(C)` and starts with a header; only lists have this type.
unsafe impl Object for List {
    const TYPE: &'static Type = &TYPE;
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<List>> {
    vm.this(object)
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 1, false)?;
    match args.pos() {
        [] => Ok(List::new(vm, &[])?.obj()),
        [iterable, ..] => Ok(vm.to_list(*iterable)?.obj()),
    }
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let list = of(vm, object)?;
    vm.print_items(out, style, (b"[", b"]"), &|index| list.get(index))
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let list = of(vm, object)?;
    Ok(match op {
        UnaryOp::Bool => Some(Obj::bool(!list.is_empty())),
        UnaryOp::Len => Some(Obj::small_int_wrapping(list.len() as isize)),
        UnaryOp::Sizeof => {
            Some(Obj::small_int_wrapping((size_of::<List>() + list.capacity.get() * size_of::<Slot>()) as isize))
        }
        _ => None,
    })
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let list = of(vm, left)?;
    match op {
        BinaryOp::InplaceAdd => {
            list.extend(vm, right)?;
            return Ok(Some(left));
        }
        BinaryOp::Multiply | BinaryOp::InplaceMultiply => {
            let Some(count) = vm.try_int(right)? else { return Ok(None) };
            let count = usize::try_from(vm.int(count)?).unwrap_or(0);
            if op == BinaryOp::InplaceMultiply {
                let len = list.len();
                list.splice(vm, 0, if count == 0 { len } else { 0 }, 0)?;
                list.splice(vm, list.len(), 0, len.saturating_mul(count.saturating_sub(1)))?;
                for index in len..list.len() {
                    list.items()[index].set(list.items()[index - len].get());
                }
                return Ok(Some(left));
            }
            let result = List::filled(vm, list.len().saturating_mul(count))?;
            for (to, from) in result.items().iter().zip(list.items().iter().cycle()) {
                to.set(from.get());
            }
            return Ok(Some(result.obj()));
        }
        _ => {}
    }
    let other = match right.downcast::<List>().or_else(|| vm.native_base(right)?.downcast::<List>()) {
        Some(other) => other,
        None => return Ok(None),
    };
    if op == BinaryOp::Add {
        let result = List::filled(vm, list.len() + other.len())?;
        for (to, from) in result.items().iter().zip(list.items().iter().chain(other.items())) {
            to.set(from.get());
        }
        return Ok(Some(result.obj()));
    }
    if op == BinaryOp::Equal && list.len() != other.len() {
        return Ok(Some(Obj::FALSE));
    }
    if !is_comparison(op) {
        return Ok(None);
    }
    vm.compare_items(op, |index| list.get(index), |index| other.get(index)).map(Some)
}

fn subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    let list = of(vm, object)?;
    if let Some(slice) = index.downcast::<Slice>() {
        return subscr_slice(vm, list, slice, request).map(Some);
    }
    if let Subscr::Delete = request {
        check_not_empty(vm, list)?;
    }
    let at = vm.index(&TYPE, || list.len(), index)?;
    Ok(match request {
        Subscr::Load => list.get(at),
        Subscr::Store(value) => {
            list.items()[at].set(value);
            Some(Obj::NONE)
        }
        Subscr::Delete => list.remove_at(vm, at),
    })
}

fn subscr_slice(vm: &Vm, list: Gc<List>, slice: Gc<Slice>, request: Subscr) -> Res {
    let bounds = slice.indices(vm, || list.len())?;
    let values = match request {
        Subscr::Load => return Ok(List::selected(vm, list.items(), bounds)?.obj()),
        Subscr::Delete => None,
        Subscr::Store(value) => Some(match as_iterated(vm, value) {
            Some(Items::List(values)) if values == list => Items::List(values.copied(vm)?),
            Some(items) => items,
            None => Items::List(vm.to_list(value)?),
        }),
    };
    if bounds.step != 1 {
        return store_with_steps(vm, list, bounds, values);
    }
    match values {
        Some(values) => list.put(vm, bounds, values)?,
        None => list.splice(vm, bounds.start, bounds.len, 0)?,
    }
    Ok(Obj::NONE)
}

/// Puts `values` in place of the items that `bounds` selects, or deletes these items.
#[cfg(feature = "python")]
fn store_with_steps(vm: &Vm, list: Gc<List>, bounds: Bounds, values: Option<Items>) -> Res {
    let items = list.items();
    spend_work_on_bytes(vm, items.len() * size_of::<Obj>());
    // Iterating may have changed the list.
    let is_there = |bounds: Bounds| bounds.len == 0 || bounds.forward().at(bounds.len - 1) < items.len();
    match values {
        Some(values) if values.len() != bounds.len => Err(wrong_number(vm, values.len(), bounds)),
        Some(values) => {
            for number in 0..bounds.len {
                if let (Some(item), Some(value)) = (items.get(bounds.at(number)), values.get(number)) {
                    item.set(value);
                }
            }
            Ok(Obj::NONE)
        }
        None if !is_there(bounds) => Ok(Obj::NONE),
        None => {
            for (from, to) in bounds.moves(items.len()) {
                items[to].set(items[from].get());
            }
            list.splice(vm, items.len() - bounds.len, bounds.len, 0)?;
            Ok(Obj::NONE)
        }
    }
}

#[cfg(not(feature = "python"))]
fn store_with_steps(vm: &Vm, _: Gc<List>, _: Bounds, _: Option<Items>) -> Res {
    Err(vm.error_with(&crate::obj::exception::NOT_IMPLEMENTED_ERROR, &[]))
}

fn next(_: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    let at = iter.at.get();
    let item = iter.source.downcast::<List>().and_then(|list| list.get(at));
    if item.is_some() {
        iter.at.set(at + 1);
    }
    Ok(item)
}

fn append(vm: &Vm, object: Obj, item: Obj) -> Res {
    of(vm, object)?.append(vm, item)?;
    Ok(Obj::NONE)
}

fn clear(vm: &Vm, object: Obj) -> Res {
    let list = of(vm, object)?;
    if list.capacity.get() == 0 {
        // The list is being sorted, and its items are out.
        return Ok(Obj::NONE);
    }
    let block = vm.alloc_words(MIN)?;
    list.len.set(0);
    list.items.set(block);
    list.capacity.set(MIN);
    Ok(Obj::NONE)
}

fn copy(vm: &Vm, object: Obj) -> Res {
    let list = of(vm, object)?;
    Ok(list.copied(vm)?.obj())
}

fn count(vm: &Vm, object: Obj, item: Obj) -> Res {
    let list = of(vm, object)?;
    sequence::count(vm, Items::List(list), item)
}

fn extend(vm: &Vm, object: Obj, iterable: Obj) -> Res {
    of(vm, object)?.extend(vm, iterable)?;
    Ok(Obj::NONE)
}

fn index(vm: &Vm, args: &[Obj]) -> Res {
    let list = of(vm, args[0])?;
    sequence::index(vm, &TYPE, Items::List(list), args)
}

fn insert(vm: &Vm, object: Obj, index: Obj, item: Obj) -> Res {
    let list = of(vm, object)?;
    // The object that gives the index may have changed the list.
    let at = vm.bound(&TYPE, list.len(), index)?.min(list.len());
    list.append(vm, Obj::NONE)?;
    let len = list.len() - 1;
    spend_work_on_bytes(vm, (len - at) * size_of::<Obj>());
    let block = list.items.get();
    // SAFETY: the block has room for the list's items, of which there is one more since `append`.
    unsafe { block.add(at).copy_to(block.add(at + 1), len - at) };
    list.items()[at].set(item);
    Ok(Obj::NONE)
}

fn pop(vm: &Vm, args: &[Obj]) -> Res {
    let list = of(vm, args[0])?;
    check_not_empty(vm, list)?;
    let at = match args.get(1) {
        Some(&index) => vm.index(&TYPE, || list.len(), index)?,
        None => list.len() - 1,
    };
    Ok(list.remove_at(vm, at).unwrap_or(Obj::NONE))
}

fn check_not_empty(vm: &Vm, list: Gc<List>) -> Res<()> {
    if list.is_empty() { Err(vm.index_error(format_args!("pop from empty list"))) } else { Ok(()) }
}

fn remove(vm: &Vm, object: Obj, item: Obj) -> Res {
    let list = of(vm, object)?;
    let at = vm.int(index(vm, &[object, item])?)? as usize;
    if at < list.len() {
        list.remove_at(vm, at);
    }
    Ok(Obj::NONE)
}

fn reverse(vm: &Vm, object: Obj) -> Res {
    let list = of(vm, object)?;
    vm.work_on_bytes(list.len() * size_of::<Obj>())?;
    list.reverse();
    Ok(Obj::NONE)
}

fn sort(vm: &Vm, args: Args<'_>) -> Res {
    let list = of(vm, args.pos()[0])?;
    let (key, reverse) = sort_options(vm, args, 1)?;
    crate::obj::sort::sort(vm, list, key, reverse)?;
    Ok(Obj::NONE)
}

/// The keywords of `list.sort()` and `sorted()`, which take `positional` arguments before them.
pub(crate) fn sort_options(vm: &Vm, args: Args<'_>, positional: usize) -> Res<(Option<Obj>, bool)> {
    if args.n_pos() > positional {
        return Err(vm.type_error(format_args!("extra positional arguments given")));
    }
    let [key, reverse] = args.behind(args.n_pos()).by_name(vm, [q!("key"), q!("reverse")], 0)?;
    let reverse = match reverse {
        Some(reverse) => vm.truth(reverse)?,
        None => false,
    };
    Ok((key.filter(|key| *key != Obj::NONE), reverse))
}
