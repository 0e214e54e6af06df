//! `for` loops.
//!
//! A loop keeps its iterator's state in four slots. Compiled code builds the state of some loops itself, as null,
//! iterator, null, null; the loops over built-in types keep something else in the slots and need no iterator object:
//!
//! | slots | over |
//! | --- | --- |
//! | null, iterator, null, null | anything |
//! | next, stop, step (small integers), null | a range |
//! | list or tuple, index, null, null | the list or tuple |
//! | an [`Iter`] | another container |

use berus_mpy::opcode::{ITER_SLOTS, Op};

use crate::interpret::op::{next, op, resume, tri};
use crate::model::error::Res;
use crate::model::frame::Frame;
use crate::model::iterator;
use crate::model::iterator::Iter;
use crate::model::layout::{List, Tuple};
use crate::model::protocols::{Classes, Iterate};
use crate::model::registers::{Ip, Sp, running};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::generator::Generator;
use crate::obj::range::Range;
use crate::ops::iterate::{advance, none_at_stop};

const _: () = assert!(size_of::<Iter>() == ITER_SLOTS as usize * size_of::<usize>());

op! {
    get_iter(vm, code, ip, sp, fp) {
        let iterator = tri!(vm, ip, vm.iter(sp.top()));
        sp.set_top(iterator);
    }
}

op! {
    get_iter_stack(vm, code, ip, sp, fp) {
        let base = sp.down(1);
        tri!(vm, ip, begin(vm, base.at(0), base));
        sp = base.up(ITER_SLOTS as usize);
    }
}

/// Puts the state of a loop over `object` at `base`.
#[inline(never)]
pub(crate) fn begin(vm: &Vm, object: Obj, base: Sp) -> Res<()> {
    let state = if let Some(range) = object.downcast::<Range>()
        && let Some([start, stop, step]) = range.small_bounds()
    {
        [Some(start), Some(stop), Some(step), None]
    } else if object.downcast::<List>().is_some() || object.downcast::<Tuple>().is_some() {
        [Some(object), Some(Obj::small_int_wrapping(0)), None, None]
    } else if let Some(next) = vm.type_of(object).slots.items() {
        // SAFETY: the state of a loop is four slots in the frame, as many words as an `Iter` has.
        unsafe { base.0.cast::<Iter>().write(Iter::over(object, next)) };
        return Ok(());
    } else {
        [None, Some(vm.iter(object)?), None, None]
    };
    for (n, slot) in state.into_iter().enumerate() {
        base.set_slot(n, slot);
    }
    Ok(())
}

op! {
    for_iter(vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.forward();
        let state = sp.down(ITER_SLOTS as usize);
        let Some(value) = state.slot(0).and_then(Obj::as_small_int) else {
            return for_iter_of_items(vm, running(code), start, sp, fp);
        };
        let Some(item) = advance_range(state, value) else { return next(vm, code, ip.plus(by), state, fp) };
        sp.push(item);
    }
}

op! {
    #[inline(never)]
    for_iter_of_items(vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.forward();
        let state = sp.down(ITER_SLOTS as usize);
        let items = match state.slot(0) {
            Some(items) if items != Obj::from_static(&iterator::TYPE) => items,
            _ => return for_iter_of_object(vm, running(code), start, sp, fp),
        };
        let Some(item) = advance_items(state, items) else { return next(vm, code, ip.plus(by), state, fp) };
        sp.push(item);
    }
}

op! {
    #[inline(never)]
    for_iter_of_object(vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.forward();
        let state = sp.down(ITER_SLOTS as usize);
        let item = if state.slot(0).is_some() {
            tri!(vm, start, advance_iter(vm, state))
        } else {
            let iterator = state.at(1);
            if let Some(generator) = iterator.downcast::<Generator>() && !code.is_generator() {
                let frame = vm.frame();
                frame.ip.set(start.0);
                frame.sp.set(sp.0);
                match tri!(vm, start, generator.enter_loop(vm)) {
                    true => return resume(vm),
                    false => None,
                }
            } else if !cfg!(feature = "small")
                && let Some(iter) = iterator.downcast::<Iter>()
            {
                match iter.next(vm) {
                    Ok(item) => item,
                    Err(raised) => tri!(vm, start, vm.end_at_stop(Err(raised))),
                }
            } else {
                tri!(vm, start, next_item(vm, iterator))
            }
        };
        let Some(item) = item else { return next(vm, code, ip.plus(by), state, fp) };
        sp.push(item);
    }
}

/// The next item of the [`Iter`] at `state`.
#[inline(never)]
pub(crate) fn advance_iter(vm: &Vm, state: Sp) -> Res<Option<Obj>> {
    // SAFETY: the first slot is the type of iterators, so `begin` has written an `Iter` at `state`; the `Iter` stays
    // until the loop ends.
    let iter = unsafe { &*state.0.cast::<Iter>() };
    iter.next(vm)
}

/// The next item of an iterator; a `StopIteration` raised by something that the iterator calls ends the items, too.
#[inline(never)]
pub(in crate::interpret) fn next_item(vm: &Vm, iterator: Obj) -> Res<Option<Obj>> {
    let item = advance(vm, iterator);
    none_at_stop(vm, item)
}

#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn advance_range(state: Sp, value: isize) -> Option<Obj> {
    let stop = state.at(1).as_small_int()?;
    let step = state.at(2).as_small_int()?;
    let is_over = if step > 0 { value >= stop } else { value <= stop };
    if is_over {
        return None;
    }
    // The number behind the last value may be no small integer; clamped to one, it ends the loop all the same.
    let next = match Obj::small_int(value.wrapping_add(step)) {
        Some(next) => next,
        None => Obj::small_int_wrapping(if step > 0 { Obj::SMALL_INT_MAX } else { Obj::SMALL_INT_MIN }),
    };
    state.set_slot(0, Some(next));
    Some(Obj::small_int_wrapping(value))
}

#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn advance_items(state: Sp, items: Obj) -> Option<Obj> {
    let index = state.at(1).as_small_int()?;
    let item = match items.downcast::<List>() {
        Some(list) => list.get(index as usize),
        None => items.downcast::<Tuple>()?.items().get(index as usize).copied(),
    }?;
    state.set_slot(1, Some(Obj::small_int_wrapping(index + 1)));
    Some(item)
}

/// The first instruction of the body of the loop whose next turn the next instruction begins; null if the next
/// instruction begins none.
pub(crate) fn loop_body(frame: &Frame) -> *const u8 {
    let mut ip = Ip(frame.ip.get());
    if ip.byte() != Op::ForIter as u8 {
        return core::ptr::null();
    }
    ip.forward();
    ip.0
}
