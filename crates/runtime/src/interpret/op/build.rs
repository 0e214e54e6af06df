//! Making and taking apart tuples, lists, dicts, sets, slices and functions.

use berus_mpy::opcode::Op;

use crate::interpret::op::{leaving_op, next, op, tri};
use crate::model::code::Code;
use crate::model::error::{Raise, Res};
use crate::model::layout::{Dict, List, Tuple};
use crate::model::object::Gc;
use crate::model::protocols::{Classes, Iterate};
use crate::model::registers::{Ip, Sp, running};
use crate::model::types::flag;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::obj::function::function_of;
use crate::obj::set::Set;
#[cfg(not(feature = "small"))]
use crate::obj::slice::Parts;
use crate::obj::slice::Slice;
#[cfg(not(feature = "small"))]
use crate::ops::convert::Items;
use crate::ops::subscr::Subscripts;

leaving_op! {
    build_tuple(vm, code, ip, sp, fp) {
        let start = ip;
        let base = sp.down(2);
        if ip.uint() == 2
            && let Some(pair) = Tuple::pair_at_once(vm, base.at(0), base.at(1))
        {
            base.set_slot(0, Some(pair.obj()));
            return next(vm, code, ip, base.up(1), fp);
        }
        build_any_tuple(vm, running(code), start, sp, fp)
    }
}

op! {
    #[inline(never)]
    build_any_tuple(vm, code, ip, sp, fp) {
        let start = ip;
        let n = ip.uint();
        sp.drop(n);
        let tuple = tri!(vm, start, Tuple::new(vm, sp.values(n)));
        sp.push(tuple.obj());
    }
}

op! {
    build_list(vm, code, ip, sp, fp) {
        let start = ip;
        let n = ip.uint();
        sp.drop(n);
        let list = tri!(vm, start, List::new(vm, sp.values(n)));
        sp.push(list.obj());
    }
}

op! {
    build_map(vm, code, ip, sp, fp) {
        let start = ip;
        let dict = tri!(vm, start, new_dict(vm, ip.uint()));
        sp.push(dict);
    }
}

#[inline(never)]
pub(in crate::interpret) fn new_dict(vm: &Vm, room: usize) -> Res {
    let dict = Dict::new(vm)?;
    // The bytecode's number of entries is a hint; the entries come one by one.
    dict.map.reserve(vm, room.min(64))?;
    Ok(dict.obj())
}

op! {
    store_map(vm, code, ip, sp, fp) {
        let base = sp.down(3);
        tri!(vm, ip, store_in_dict(vm, base.at(0), base.at(2), base.at(1)));
        sp.drop(2);
    }
}

#[inline(never)]
pub(in crate::interpret) fn store_in_dict(vm: &Vm, dict: Obj, key: Obj, value: Obj) -> Res<()> {
    match dict.downcast::<Dict>() {
        Some(dict) => dict.map.store(vm, key, value),
        None => vm.store_subscr(dict, key, value),
    }
}

op! {
    build_set(vm, code, ip, sp, fp) {
        let start = ip;
        let n = ip.uint();
        sp.drop(n);
        let set = tri!(vm, start, Set::new(vm, sp.values(n)));
        sp.push(set.obj());
    }
}

op! {
    build_slice(vm, code, ip, sp, fp) {
        let start = ip;
        let n = ip.uint();
        sp.drop(n);
        if is_used_at_once(vm, ip, sp) {
            let load = ip.byte() == Op::LoadSubscr as u8;
            tri!(vm, ip, subscr_slice(vm, sp, n, load));
            sp.drop(if load { 0 } else { 2 });
        } else {
            let slice = tri!(vm, start, make_slice(vm, sp, n));
            sp.push(slice);
        }
    }
}

/// Whether the next instruction, at `ip`, subscripts the object on top of `sp` with the slice that is being built, and
/// the object's type does not keep the slice.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(in crate::interpret) fn is_used_at_once(vm: &Vm, ip: Ip, sp: Sp) -> bool {
    let op = ip.peek();
    (op == Op::LoadSubscr as u8 || op == Op::StoreSubscr as u8)
        && vm.type_of(sp.top()).has(flag::SUBSCR_ALLOWS_STACK_SLICE)
}

/// Makes a slice of the two or three values at `sp`.
#[inline(never)]
pub(in crate::interpret) fn make_slice(vm: &Vm, sp: Sp, n: usize) -> Res {
    let step = if n == 3 { sp.at(2) } else { Obj::NONE };
    Ok(Slice::new(vm, sp.at(0), sp.at(1), step)?.obj())
}

/// Subscripts the object below `sp` with a slice of the two or three values at `sp`: with `load`, puts the result in
/// the object's place; else stores the value below the object, or deletes the items if that value is null.
#[inline(never)]
pub(in crate::interpret) fn subscr_slice(vm: &Vm, sp: Sp, n: usize, load: bool) -> Res<()> {
    let base = sp.down(1);
    let object = base.at(0);
    let step = if n == 3 { sp.at(2) } else { Obj::NONE };
    #[cfg(not(feature = "small"))]
    if let Some(list) = object.downcast::<List>()
        && let Some(parts) = Parts::at_once(sp.at(0), sp.at(1), step)
    {
        let bounds = parts.select(list.len());
        if load {
            base.set_slot(0, Some(List::selected(vm, list.items(), bounds)?.obj()));
            return Ok(());
        }
        if let Some(items) = base.down(1).slot(0).and_then(|value| value.downcast::<List>())
            && bounds.step == 1
            && items != list
        {
            return list.put(vm, bounds, Items::List(items));
        }
    }
    Slice::with(sp.at(0), sp.at(1), step, |slice| {
        if load {
            base.set_slot(0, Some(vm.load_subscr(object, slice)?));
            return Ok(());
        }
        match base.down(1).slot(0) {
            Some(value) => vm.store_subscr(object, slice, value),
            None => vm.delete_subscr(object, slice),
        }
    })
}

leaving_op! {
    store_comp(vm, code, ip, sp, fp) {
        let start = ip;
        let operand = ip.uint();
        let base = sp.down(1);
        let collection = sp.down(1 + (operand >> 2)).at(0);
        if operand & 3 == 0
            && let Some(list) = collection.downcast::<List>()
            && list.append_at_once(base.at(0))
        {
            return next(vm, code, ip, base, fp);
        }
        store_any_comp(vm, running(code), start, sp, fp)
    }
}

op! {
    #[inline(never)]
    store_any_comp(vm, code, ip, sp, fp) {
        let start = ip;
        let operand = ip.uint();
        let collection = sp.down(1 + (operand >> 2)).at(0);
        match operand & 3 {
            0 => tri!(vm, start, append(vm, collection, sp.top())),
            1 => {
                let base = sp.down(2);
                tri!(vm, start, store_in_dict(vm, collection, base.at(1), base.at(0)));
                sp.drop(1);
            }
            _ => tri!(vm, start, add(vm, collection, sp.top())),
        }
        sp.drop(1);
    }
}

#[inline(never)]
pub(in crate::interpret) fn append(vm: &Vm, list: Obj, item: Obj) -> Res<()> {
    match list.downcast::<List>() {
        Some(list) => list.append(vm, item),
        None => Err(vm.type_error(format_args!("list expected"))),
    }
}

#[inline(never)]
pub(in crate::interpret) fn add(vm: &Vm, set: Obj, item: Obj) -> Res<()> {
    match set.downcast::<Set>() {
        Some(set) => set.add(vm, item),
        None => Err(vm.type_error(format_args!("set expected"))),
    }
}

leaving_op! {
    unpack_sequence(vm, code, ip, sp, fp) {
        let start = ip;
        let n = ip.uint();
        let base = sp.down(1);
        if let Some(pair) = base.at(0).downcast::<Tuple>()
            && let (2, &[first, second]) = (n, pair.items())
        {
            base.set_slot(0, Some(second));
            base.set_slot(1, Some(first));
            return next(vm, code, ip, base.up(2), fp);
        }
        unpack_any_sequence(vm, running(code), start, sp, fp)
    }
}

/// Unpacks the `n` items of the sequence at `base`, where the first comes to lie last.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(in crate::interpret) fn unpack_sequence_at(vm: &Vm, base: Sp, n: usize) -> Res<()> {
    match base.at(0).downcast::<Tuple>() {
        Some(tuple) if tuple.items().len() == n => {
            for (i, item) in tuple.items().iter().rev().enumerate() {
                base.set_slot(i, Some(*item));
            }
            Ok(())
        }
        _ => unpack(vm, base.at(0), n, base),
    }
}

op! {
    #[inline(never)]
    unpack_any_sequence(vm, code, ip, sp, fp) {
        let start = ip;
        let n = ip.uint();
        let base = sp.down(1);
        tri!(vm, start, unpack_sequence_at(vm, base, n));
        sp = base.up(n);
    }
}

/// Puts the `n` items of `sequence` at `base`, the first on top.
#[inline(never)]
pub(crate) fn unpack(vm: &Vm, sequence: Obj, n: usize, base: Sp) -> Res<()> {
    let len = match (sequence.downcast::<Tuple>(), sequence.downcast::<List>()) {
        (Some(tuple), _) => Some(tuple.items().len()),
        (_, Some(list)) => Some(list.len()),
        _ => None,
    };
    if let Some(len) = len {
        if len < n {
            return Err(vm.value_error(format_args!("need more than {len} values to unpack")));
        }
        if len > n {
            return Err(vm.value_error(format_args!("too many values to unpack (expected {n})")));
        }
    }
    // The slots from `base` up are in the frame, so that the collector sees the items in them; the iterator itself is a
    // local variable here.
    let iterator = vm.each(sequence)?;
    for i in 0..n {
        match iterator.next(vm)? {
            Some(item) => base.set_slot(n - 1 - i, Some(item)),
            None => return Err(vm.value_error(format_args!("need more than {i} values to unpack"))),
        }
    }
    if iterator.next(vm)?.is_some() {
        return Err(vm.value_error(format_args!("too many values to unpack (expected {n})")));
    }
    Ok(())
}

op! {
    unpack_ex(vm, code, ip, sp, fp) {
        let start = ip;
        let operand = ip.uint();
        let (left, right) = (operand & 0xff, operand >> 8);
        let base = sp.down(1);
        tri!(vm, start, unpack_starred(vm, base, left, right));
        sp = base.up(left + right + 1);
    }
}

/// Replaces the sequence at `base` by its items, the first on top: the first `left` items, a list of the items in the
/// middle, and the last `right` items.
#[inline(never)]
pub(crate) fn unpack_starred(vm: &Vm, base: Sp, left: usize, right: usize) -> Res<()> {
    let all = List::new(vm, &[])?;
    let iterator = vm.each(base.at(0))?;
    while let Some(item) = iterator.next(vm)? {
        all.append(vm, item)?;
    }
    let len = all.len();
    if len < left + right {
        return Err(vm.value_error(format_args!("need more than {len} values to unpack")));
    }
    let middle = List::new(vm, &[])?;
    for item in all.items().iter().take(len - right).skip(left).map(core::cell::Cell::get) {
        middle.append(vm, item)?;
    }
    let top = left + right;
    for n in 0..left {
        base.set_slot(top - n, all.get(n));
    }
    base.set_slot(right, Some(middle.obj()));
    for n in 0..right {
        base.set_slot(right - 1 - n, all.get(len - right + n));
    }
    Ok(())
}

op! {
    make_function(vm, code, ip, sp, fp) {
        let start = ip;
        let function = tri!(vm, start, make(vm, code, ip.uint(), None, None, &[]));
        sp.push(function);
    }
}

op! {
    make_function_defargs(vm, code, ip, sp, fp) {
        let start = ip;
        let child = ip.uint();
        sp.drop(2);
        let function = tri!(vm, start, make(vm, code, child, sp.slot(0), sp.slot(1), &[]));
        sp.push(function);
    }
}

op! {
    make_closure(vm, code, ip, sp, fp) {
        let start = ip;
        let child = ip.uint();
        let n = usize::from(ip.byte());
        sp.drop(n);
        let function = tri!(vm, start, make(vm, code, child, None, None, sp.values(n)));
        sp.push(function);
    }
}

op! {
    make_closure_defargs(vm, code, ip, sp, fp) {
        let start = ip;
        let child = ip.uint();
        let n = usize::from(ip.byte());
        sp.drop(n + 2);
        let function = tri!(vm, start, make(vm, code, child, sp.slot(0), sp.slot(1), sp.up(2).values(n)));
        sp.push(function);
    }
}

#[inline(never)]
pub(in crate::interpret) fn make(
    vm: &Vm,
    code: Gc<Code>,
    child: usize,
    defaults: Slot,
    keyword_defaults: Slot,
    cells: &[Obj],
) -> Res {
    match code.child_to_make(vm, child)? {
        Some(child) => function_of(vm, child, defaults, keyword_defaults, cells),
        None => Err(vm.runtime_error(format_args!("no such function"))),
    }
}
