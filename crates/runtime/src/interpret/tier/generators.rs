//! Generators in machine code.
//!
//! A generator that machine code resumes goes on in machine code, if there is some, without a call of the machine: the
//! generator's frame says where the machine code of the frame below goes on (`Frame::resume`) once the generator has
//! yielded or ended. All of a frame is in memory while it waits. Control goes to machine code by its address, for the
//! frame that is on top then.

use super::calls::machine_of;
use super::direct::{failed, went};
use super::{EXITS, JUMPED, RESUME, WENT_ON, begin_body, stop_at};
use crate::interpret::op;
use crate::interpret::op::iterate;
use crate::model::dispatch::Exit;
use crate::model::error::{Raised, Res};
use crate::model::frame::Entry;
use crate::model::iterator;
use crate::model::registers::{Ip, Sp};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::obj::generator::{Generator, Resume};
use berus_mpy::opcode::ITER_SLOTS;

/// The next turn of a loop, as [`function_of`](super::function_of) says of its functions. If a generator's frame has been
/// pushed, machine code goes on at the answer with that frame, and at `resume` with this one when the generator has
/// yielded or ended: the item, or null, is behind the loop's state then.
///
/// # Safety
/// As [`run_one`](super::run_one); `resume` is machine code that goes on so.
pub unsafe extern "C" fn for_iter(vm: &Vm, ip: *const u8, sp: *mut Slot, resume: usize) -> usize {
    let (start, sp) = (Ip(ip), Sp(sp));
    let mut behind = start;
    let by = behind.forward();
    let state = sp.down(ITER_SLOTS as usize);
    let advanced = match state.slot(0) {
        Some(first) if first == Obj::from_static(&iterator::TYPE) => iterate::advance_iter(vm, state),
        Some(first) => Ok(match first.as_small_int() {
            Some(value) => iterate::advance_range(state, value),
            None => iterate::advance_items(state, first),
        }),
        None => match state.at(1).downcast::<Generator>() {
            Some(generator) if !vm.frame().code.get().is_some_and(|code| code.is_generator()) => {
                stop_at(vm, start, sp);
                match generator.enter_loop(vm) {
                    Ok(true) => return entered(vm, resume),
                    Ok(false) => Ok(None),
                    Err(raised) => Err(raised),
                }
            }
            _ => iterate::next_item(vm, state.at(1)),
        },
    };
    match advanced {
        Ok(Some(item)) => {
            sp.set_slot(0, Some(item));
            went(vm, behind, sp.up(1), WENT_ON)
        }
        Ok(None) => went(vm, behind.plus(by), state, JUMPED),
        Err(raised) => failed(vm, start, raised),
    }
}

/// How machine code goes on when a generator's frame has been pushed.
fn entered(vm: &Vm, resume: usize) -> usize {
    vm.frame().resume.set(resume);
    // A generator that waits for another resumes that one at once, without machine code: chains of them can be long.
    while let Some(pushed) = enter_delegate(vm) {
        if let Err(raised) = pushed {
            return failed(vm, Ip(vm.frame().ip.get()), raised);
        }
    }
    match (vm.frame().code.get(), vm.tier.state()) {
        (Some(code), Some(state)) => machine_of(vm, state, code),
        _ => RESUME,
    }
}

/// Pushes the frame of the generator for which the one on top waits; `None` if it waits for none that can just go on.
#[inline]
fn enter_delegate(vm: &Vm) -> Option<Res<()>> {
    let frame = vm.frame();
    let (ip, mut sp) = (Ip(frame.ip.get()), Sp(frame.sp.get()));
    if !op::is_delegating(ip.0) || vm.dispatch.stops() {
        return None;
    }
    let sent = sp.pop();
    let generator = sp.top().downcast::<Generator>()?;
    stop_at(vm, ip.plus(1), sp);
    match generator.enter(vm, Entry::Delegate, sent) {
        Ok(true) => Some(Ok(())),
        Ok(false) => {
            stop_at(vm, ip, sp.up(1));
            None
        }
        Err(raised) => Some(Err(raised)),
    }
}

/// Has the generator on top yield the value at the end of the operands. Machine code goes on with the frame on top at the
/// answer, if that is an address, or ends with it.
///
/// # Safety
/// As [`run_one`](super::run_one); `ip` is behind the opcode.
pub unsafe extern "C" fn yield_value(vm: &Vm, ip: *const u8, sp: *mut Slot) -> usize {
    let mut sp = Sp(sp);
    let value = sp.pop();
    yield_out(vm, Ip(ip), sp, value)
}

/// Suspends the generator on top before `ip`, and gives `value` to whoever resumed it.
fn yield_out(vm: &Vm, mut ip: Ip, mut sp: Sp, value: Obj) -> usize {
    loop {
        let resume = vm.frame().resume.get();
        match op::suspend(vm, ip, sp) {
            // The `yield from` of the frame below runs again when that is resumed.
            Entry::Delegate => {
                let frame = vm.frame();
                (ip, sp) = (Ip(frame.ip.get()).plus(-1), Sp(frame.sp.get()));
            }
            Entry::Loop if resume != 0 && !vm.dispatch.stops() => {
                Sp(vm.frame().sp.get()).set_slot(0, Some(value));
                return resume;
            }
            Entry::Loop => {
                let Some((code, ip, sp, _)) = begin_body(vm, value) else { return EXITS + Exit::Returned as usize };
                stop_at(vm, ip, sp);
                return vm.tier.state().map_or(RESUME, |state| machine_of(vm, state, code));
            }
            Entry::Send => {
                let frame = vm.frame();
                let mut sp = Sp(frame.sp.get());
                sp.push(value);
                frame.sp.set(sp.0);
                return RESUME;
            }
            _ => {
                vm.set_result(value);
                return EXITS + Exit::Yielded as usize;
            }
        }
    }
}

/// Has the generator on top go on with the one that it delegates to; `ip` is behind the opcode, and the value that is sent at
/// the end of the operands. Answers [`WENT_ON`] with the value that the other has returned on top, or as [`for_iter`].
///
/// # Safety
/// As [`run_one`](super::run_one); `resume` is machine code that goes on with the value returned on top.
pub unsafe extern "C" fn yield_from(vm: &Vm, ip: *const u8, sp: *mut Slot, resume: usize) -> usize {
    let (ip, mut sp) = (Ip(ip), Sp(sp));
    let sent = sp.pop();
    let iterator = sp.top();
    stop_at(vm, ip, sp);
    let delegate = |iterator: Obj| -> Result<bool, Raised> {
        match iterator.downcast::<Generator>() {
            Some(generator) => generator.enter(vm, Entry::Delegate, sent),
            None => Ok(false),
        }
    };
    match delegate(iterator) {
        Ok(true) => return entered(vm, resume),
        Ok(false) => {}
        Err(raised) => return failed(vm, ip, raised),
    }
    match vm.send(iterator, sent) {
        Ok(Some(value)) => yield_out(vm, ip.plus(-1), sp, value),
        Ok(None) => {
            sp.set_top(vm.take_returned());
            went(vm, ip, sp, WENT_ON)
        }
        Err(raised) => failed(vm, ip, raised),
    }
}
