//! Iteration, and generators that wait for others.

use crate::data::exception::Exceptions;
use crate::interpret::op::iterate::{advance_items, advance_iter, advance_range, begin};
use crate::model::error::Res;
use crate::model::iterator;
use crate::model::layout::{List, Tuple};
use crate::model::protocols::Iterate;
use crate::model::registers::Sp;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::native::border::serve;
use crate::native::foreign::adopt;
use crate::obj::generator::{Resume, exits};

/// An iterator over `object`; null if `buffer` is not null, where the state of a loop is then put
/// (`interpret/op/iterate.rs`).
pub(super) unsafe extern "C" fn getiter(object: Slot, buffer: *mut Slot) -> Slot {
    // SAFETY: machine code called, and has four words at `buffer` unless that is null.
    unsafe {
        serve(|vm| {
            let object = adopt(vm, object)?;
            if buffer.is_null() {
                return vm.iter(object).map(Some);
            }
            begin(vm, object, Sp(buffer)).map(|()| None)
        })
    }
}

/// The next item of the loop whose state is at `state`, or of the iterator whose object is at `state`; null at the end.
///
/// An iterator object is told from a state by its first word, the type of the object, which is no list, tuple or null.
/// An object of the type of iterators is laid out as a state of that type.
pub(super) unsafe extern "C" fn iternext(state: *mut Slot) -> Slot {
    let state = Sp(state);
    match state.slot(0).map(|first| (first, first.as_small_int())) {
        Some((_, Some(value))) => advance_range(state, value),
        // SAFETY: machine code called.
        Some((first, None)) => unsafe { next_of_state(state.0, first) },
        // SAFETY: as above.
        None => unsafe { next_of(state.slot(1)) },
    }
}

/// As [`iternext`]; `first` is the first word of the state, or of the iterator's object.
#[inline(never)]
unsafe extern "C" fn next_of_state(state: *mut Slot, first: Obj) -> Slot {
    // SAFETY: machine code called, and has a state at `state`, or an object.
    unsafe {
        if is_state(first) {
            return serve(|vm| advance(vm, Sp(state), first));
        }
        next_of(Obj::from_bits(state.expose_provenance()))
    }
}

/// Whether the state of a loop may begin with `first`.
#[inline(always)]
fn is_state(first: Obj) -> bool {
    first == Obj::from_static(&iterator::TYPE)
        || first.downcast::<List>().is_some()
        || first.downcast::<Tuple>().is_some()
}

#[inline(never)]
unsafe extern "C" fn next_of(iterator: Slot) -> Slot {
    // SAFETY: machine code called.
    unsafe { serve(|vm| iterator.map_or(Ok(None), |iterator| vm.next(iterator))) }
}

/// Sends `sent` into `iterator`, or throws the exception in `result`, if that is not null. Answers whether the iterator
/// has yielded; the value yielded or returned is then in `result`.
pub(super) unsafe extern "C" fn yield_from(iterator: Obj, sent: Slot, result: *mut Slot) -> bool {
    // SAFETY: machine code has a word at `result`.
    let thrown = unsafe { result.read() };
    // SAFETY: machine code called.
    let (value, yielded) = unsafe {
        serve(|vm| {
            let outcome = match thrown {
                Some(thrown) => vm.throw(iterator, thrown),
                None => vm.send(iterator, sent.unwrap_or(Obj::NONE)),
            };
            let value = match outcome? {
                Some(value) => return Ok((value, true)),
                None => vm.take_returned(),
            };
            // Code that asks a generator to end is told that the generator has ended, by the same exception.
            if let Some(thrown) = thrown
                && exits(vm, thrown)
            {
                let exception = vm.make_exception(thrown)?;
                return Err(vm.raise(exception));
            }
            Ok((value, false))
        })
    };
    // SAFETY: as above.
    unsafe { result.write(Some(value)) };
    yielded
}

/// The next item of the loop over a built-in type, no range, whose state is at `state`; `first` is the first word of the
/// state.
#[inline(always)]
fn advance(vm: &Vm, state: Sp, first: Obj) -> Res<Option<Obj>> {
    if first == Obj::from_static(&iterator::TYPE) { advance_iter(vm, state) } else { Ok(advance_items(state, first)) }
}
