//! Calls from machine code, and instructions that machine code has the interpreter run.

use core::mem::transmute;
use core::ptr::{fn_addr_eq, with_exposed_provenance};

use super::values::{absolute, get_of_dict};
use super::{EXITS, JUMPED, LEAVE, LOOK, NESTED, RESUME, WENT_ON, address, stop_at, translate};
use crate::data::function::BoundMethod;
use crate::interpret::op;
use crate::interpret::op::TABLE;
use crate::model::builtin::{Builtin, Fun};
use crate::model::code::Code;
use crate::model::dispatch::Exit;
use crate::model::error::Res;
use crate::model::execute::Called;
use crate::model::frame::Entry;
use crate::model::object::Gc;
use crate::model::registers::{Fp, Ip, Sp};
use crate::model::tier::{Known, State, When};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::obj::dict;
use crate::ops::arithmetic;

/// Has the interpreter run the instruction at `ip`, whose operands end at `sp`, for machine code that has the frame on
/// top; all of the frame is in memory. Answers [`WENT_ON`] if the frame has come to `after` then, [`JUMPED`] if it has
/// come to `target`; else the machine code ends with the answer.
///
/// # Safety
/// The frame on top runs verified code, of which the three addresses are instructions; `sp` is right for the first.
pub unsafe extern "C" fn run_one(vm: &Vm, ip: *const u8, sp: *mut Slot, after: *const u8, target: *const u8) -> usize {
    let frame = vm.frame();
    let (Some(code), Some(state)) = (frame.code.get(), vm.tier.state()) else { return LEAVE };
    if state.nested.get() >= NESTED || vm.is_deep() {
        return LEAVE;
    }
    frame.ip.set(ip);
    frame.sp.set(sp);
    let ends = [Ip(after).peek(), Ip(target).peek()];
    ends.into_iter().for_each(|op| vm.dispatch.hold(op));
    state.nested.set(state.nested.get() + 1);
    let mut behind = Ip(ip);
    let op = behind.byte();
    let mut exit = TABLE[usize::from(op)](vm, code, behind, Sp(sp), Fp(frame.locals.get()));
    // What the instruction has called stops at the same opcodes.
    while exit == Exit::Next && !core::ptr::eq(vm.frame(), frame) && !vm.dispatch.stops() {
        exit = op::start(vm);
    }
    state.nested.set(state.nested.get() - 1);
    ends.into_iter().for_each(|op| vm.dispatch.release(op));
    if exit == Exit::Next && core::ptr::eq(vm.frame(), frame) && !vm.dispatch.stops() {
        if frame.ip.get() == after {
            return WENT_ON;
        }
        if frame.ip.get() == target {
            return JUMPED;
        }
    }
    EXITS + exit as usize
}

/// The instruction is to be run by [`run_one`].
pub const RUN: usize = 1;
/// The frame of a function is on top, for which there is no machine code.
pub const CALLED: usize = RESUME;

/// Calls what a `CALL_FUNCTION` or `CALL_METHOD` calls, for machine code whose frame is on top and all in memory: `ip` is
/// behind the instruction's opcode, `base` is the callee's slot. Answers [`WENT_ON`] if the call has been made, with the
/// result at `base`; [`RUN`] if nothing has been done. If a frame has been pushed, that is for machine code at the answer,
/// and machine code is to go on at `resume` when the frame ends. Else machine code ends with the answer.
///
/// # Safety
/// As [`run_one`]; `resume` is machine code that goes on behind the instruction with all in memory.
pub unsafe extern "C" fn call(vm: &Vm, ip: *const u8, base: *mut Slot, resume: usize, is_method: usize) -> usize {
    let (mut ip, base) = (Ip(ip), Sp(base));
    let start = ip;
    let counts = ip.uint();
    let (n, n_kw) = (counts & 0xff, counts >> 8);
    let frame = vm.frame();
    let (Some(code), Some(state)) = (frame.code.get(), vm.tier.state()) else { return RUN };
    let first = if is_method != 0 && base.slot(1).is_none() { 2 } else { 1 };
    let args = base.up(first);
    let n = n + is_method - (first - 1);
    if n_kw == 0
        && let Some(target) = op::enter_simple(vm, code, ip, base, args, n)
    {
        let callee = vm.frame();
        callee.entry.set(Entry::Machine);
        callee.resume.set(resume);
        return machine_of(vm, state, target);
    }
    let (mut fun, mut args, mut n) = (fun_of(base.at(0)).filter(|_| n_kw == 0), args, n);
    if let Some(method) = base.at(0).downcast::<BoundMethod>().filter(|_| n_kw == 0)
        && let Some(own) = fun_of(method.function)
        && way_to_call(own, n + 1).is_some()
    {
        // As for any call of a bound method, `self` takes the slot before the arguments.
        (fun, args, n) = (Some(own), args.down(1), n + 1);
        args.set_slot(0, Some(method.this));
    }
    let value = match fun {
        Some(Fun::F1(fun)) if n == 1 => fun(vm, args.at(0)),
        Some(Fun::F2(fun)) if n == 2 => fun(vm, args.at(0), args.at(1)),
        Some(Fun::F3(fun)) if n == 3 => fun(vm, args.at(0), args.at(1), args.at(2)),
        Some(Fun::Var { min, max, fun }) if usize::from(min) <= n && n <= usize::from(max) => fun(vm, args.values(n)),
        Some(Fun::Send(_)) => return RUN,
        Some(Fun::F0(fun)) if n == 0 => {
            frame.ip.set(ip.0);
            frame.sp.set(base.0);
            frame.forget_above();
            fun(vm)
        }
        _ => {
            frame.ip.set(ip.0);
            frame.sp.set(base.0);
            let in_place = !code.is_generator();
            match op::call_at(vm, base.at(0), op::Passed { args, n_pos: n, n_kw, in_place, entry: Entry::Machine }) {
                Ok(Called::Entered) => {
                    let callee = vm.frame();
                    callee.resume.set(resume);
                    return callee.code.get().map_or(CALLED, |target| machine_of(vm, state, target));
                }
                Ok(Called::Done(value)) => Ok(value),
                Err(raised) => return EXITS + op::call_failed(vm, ip, base, raised) as usize,
            }
        }
    };
    match value {
        Ok(value) => {
            base.set_slot(0, Some(value));
            if vm.dispatch.stops() {
                stop_at(vm, ip, base.up(1));
                return RESUME;
            }
            WENT_ON
        }
        Err(raised) => EXITS + op::raised(vm, start, raised) as usize,
    }
}

/// The function behind a built-in function.
fn fun_of(callee: Obj) -> Option<Fun> {
    callee.downcast::<Builtin>().map(|builtin| builtin.fun())
}

/// A function of the runtime that calls a built-in function, as [`call`] does: one of those for `Fun`'s kinds, by the
/// arguments that the built-in function takes, which are behind `base`. `builtin` is the function's own address.
type CallBuiltin = unsafe extern "C" fn(vm: &Vm, ip: *const u8, base: *mut Slot, n: usize, builtin: usize) -> usize;

/// How machine code calls the built-in function `fun` with `n` arguments: the addresses of a [`CallBuiltin`], and of the
/// function for that. `None` if it is called as any object is.
pub(super) fn way_to_call(fun: Fun, n: usize) -> Option<(usize, usize)> {
    let (way, fun): (CallBuiltin, *const ()) = match fun {
        Fun::F1(fun) if n == 1 && fn_addr_eq(fun, arithmetic::abs as fn(&Vm, Obj) -> Res) => {
            (absolute, fun as *const ())
        }
        Fun::Var { min, max, fun }
            if usize::from(min) <= n
                && n <= usize::from(max)
                && fn_addr_eq(fun, dict::get as fn(&Vm, &[Obj]) -> Res) =>
        {
            (get_of_dict, fun as *const ())
        }
        Fun::F1(fun) if n == 1 => (call_one, fun as *const ()),
        Fun::F2(fun) if n == 2 => (call_two, fun as *const ()),
        Fun::F3(fun) if n == 3 => (call_three, fun as *const ()),
        Fun::Var { min, max, fun } if usize::from(min) <= n && n <= usize::from(max) => (call_many, fun as *const ()),
        _ => return None,
    };
    Some(((way as *const ()).expose_provenance(), fun.expose_provenance()))
}

pub(super) unsafe extern "C" fn call_one(vm: &Vm, ip: *const u8, base: *mut Slot, _: usize, builtin: usize) -> usize {
    // SAFETY: `way_to_call` has the address from a function of that type.
    let fun: fn(&Vm, Obj) -> Res = unsafe { transmute(with_exposed_provenance::<()>(builtin)) };
    let value = fun(vm, Sp(base).at(1));
    called(vm, Ip(ip), Sp(base), value)
}

unsafe extern "C" fn call_two(vm: &Vm, ip: *const u8, base: *mut Slot, _: usize, builtin: usize) -> usize {
    // SAFETY: as above.
    let fun: fn(&Vm, Obj, Obj) -> Res = unsafe { transmute(with_exposed_provenance::<()>(builtin)) };
    let value = fun(vm, Sp(base).at(1), Sp(base).at(2));
    called(vm, Ip(ip), Sp(base), value)
}

unsafe extern "C" fn call_three(vm: &Vm, ip: *const u8, base: *mut Slot, _: usize, builtin: usize) -> usize {
    // SAFETY: as above.
    let fun: fn(&Vm, Obj, Obj, Obj) -> Res = unsafe { transmute(with_exposed_provenance::<()>(builtin)) };
    let value = fun(vm, Sp(base).at(1), Sp(base).at(2), Sp(base).at(3));
    called(vm, Ip(ip), Sp(base), value)
}

pub(super) unsafe extern "C" fn call_many(vm: &Vm, ip: *const u8, base: *mut Slot, n: usize, builtin: usize) -> usize {
    // SAFETY: as above.
    let fun: fn(&Vm, &[Obj]) -> Res = unsafe { transmute(with_exposed_provenance::<()>(builtin)) };
    let value = fun(vm, Sp(base).up(1).values(n));
    called(vm, Ip(ip), Sp(base), value)
}

/// How machine code goes on behind a call, whose operand is at `start`, of the built-in function at `base`.
#[inline(always)]
pub(super) fn called(vm: &Vm, start: Ip, base: Sp, value: Res) -> usize {
    match value {
        Ok(value) => {
            base.set_slot(0, Some(value));
            if !vm.dispatch.stops() {
                return WENT_ON;
            }
            let mut behind = start;
            behind.uint();
            stop_at(vm, behind, base.up(1));
            RESUME
        }
        Err(raised) => EXITS + op::raised(vm, start, raised) as usize,
    }
}

/// The machine code for the function whose frame machine code has pushed, or [`CALLED`].
pub fn machine_of_top(vm: &Vm) -> usize {
    match (vm.frame().code.get(), vm.tier.state()) {
        (Some(code), Some(state)) => machine_of(vm, state, code),
        _ => CALLED,
    }
}

/// The machine code that goes on with `target`, whose frame is on top and has just been pushed or come back to, or
/// [`CALLED`].
pub(super) fn machine_of(vm: &Vm, state: &State<Vm>, target: Gc<Code>) -> usize {
    if vm.dispatch.stops() {
        return CALLED;
    }
    let frame = vm.frame();
    match state.find(frame.ip.get(), address(target)) {
        Known::Machine(machine) => machine,
        Known::Nothing if state.when == When::First || vm.events.ticks.get().is_multiple_of(LOOK) => {
            translate(vm, state, target, Ip(frame.ip.get()), Sp(frame.sp.get())).unwrap_or(CALLED)
        }
        _ => CALLED,
    }
}

/// Ends the frame on top, which is all in memory, with `value`, at a `RETURN_VALUE` whose opcode is before `ip` and whose
/// other operands end at `sp`. Machine code goes on with the frame on top at the answer, if that is an address, or ends with
/// it.
///
/// # Safety
/// As [`run_one`].
pub unsafe extern "C" fn return_value(vm: &Vm, ip: *const u8, sp: *mut Slot, value: Obj) -> usize {
    let frame = vm.frame();
    let (entry, resume) = (frame.entry.get(), frame.resume.get());
    let is_open = frame.blocks_end.get() != frame.blocks();
    let is_plain = match entry {
        Entry::Loop | Entry::Delegate | Entry::Machine => resume != 0,
        Entry::Rust | Entry::Call => true,
        _ => false,
    };
    if is_open || vm.dispatch.stops() || !is_plain {
        let mut sp = Sp(sp);
        sp.push(value);
        stop_at(vm, Ip(ip).plus(-1), sp);
        return RESUME;
    }
    op::end_generator(frame.object.get());
    vm.pop_frame();
    let mut below = Sp(vm.frame().sp.get());
    match entry {
        Entry::Rust => {
            vm.set_result(value);
            return EXITS + Exit::Returned as usize;
        }
        Entry::Call => {
            below.push(value);
            vm.frame().sp.set(below.0);
            return RESUME;
        }
        Entry::Loop => below.set_slot(0, None),
        Entry::Delegate => below.set_top(value),
        _ => below.set_slot(0, Some(value)),
    }
    resume
}
