//! Machine code for what runs often: where the interpreter goes over to it, and what machine code has of the interpreter.
//!
//! The handlers here take the place of those of calls and jumps in interpreters that have a translator
//! ([`Translate`]). They look whether there is machine code where control goes. Machine code works on the frame that the
//! interpreter has pushed, and leaves that frame, at any instruction, as the interpreter would have it there; so the
//! interpreter can always go on.

mod calls;
mod direct;
mod facts;
pub mod generators;
mod lookups;
mod values;
mod view;

use alloc::boxed::Box;

use berus_mpy::opcode::Op;

use crate::interpret::op;
use crate::interpret::op::{TABLE, binary, next, tri};
use crate::interpret::run::note_leaving;
pub use crate::interpret::tier::calls::{CALLED, RUN, call, machine_of_top, return_value, run_one};
pub use crate::interpret::tier::direct::{answers_bool, function_of, slice_function};
pub use crate::interpret::tier::facts::Facts;
pub use crate::interpret::tier::lookups::{load_attr, load_global, load_method, make_float, new_instance, store_attr};
pub use crate::interpret::tier::values::{complex_function, float_power, item_of_dict, store_in_dict};
pub use crate::interpret::tier::view::{Callee, View};
use crate::model::code::Code;
use crate::model::dispatch::{Exit, Table};
use crate::model::events::{Poll, TICKS, tick};
use crate::model::frame::Entry;
use crate::model::object::Gc;
use crate::model::registers::{Fp, Ip, Sp};
use crate::model::tier::{Known, PATIENCE, State, Translate, When};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::float::Floats;
use crate::ops::arithmetic::binary_declined;

/// Machine code that calls [`run_one`] goes on behind the instruction.
pub const WENT_ON: usize = 0;
/// Machine code that calls [`run_one`] goes on where the instruction jumps to.
pub const JUMPED: usize = 1;
/// The interpreter runs the instruction: nothing has been done.
pub const LEAVE: usize = 2;
/// The first of the numbers that say how the interpreter goes on after machine code.
const EXITS: usize = 3;
/// The interpreter goes on with the top frame.
pub const RESUME: usize = EXITS + Exit::Next as usize;

/// How many instructions of machine code may have the interpreter run something on top of them: what such an
/// instruction calls runs on the machine stack.
const NESTED: u32 = 8;

/// The handlers of an interpreter that has a translator.
static HOT_TABLE: Table = {
    let mut table = TABLE;
    table[Op::Jump as usize] = jump;
    table[Op::PopJumpIfTrue as usize] = pop_jump_if::<true>;
    table[Op::PopJumpIfFalse as usize] = pop_jump_if::<false>;
    table[Op::CallFunction as usize] = call_function;
    table[Op::CallMethod as usize] = call_method;
    table[Op::YieldValue as usize] = yield_value;
    table
};

/// Giving an interpreter a translator.
pub trait Tiers {
    /// Has bytecode that runs often translated by `translator`. An interpreter keeps the first that it is given.
    fn set_translator(&mut self, translator: Box<dyn Translate<Vm>>, when: When);

    /// The interpreter's translator.
    fn translator(&self) -> Option<&dyn Translate<Vm>>;
}

impl Tiers for Vm {
    fn set_translator(&mut self, translator: Box<dyn Translate<Vm>>, when: When) {
        self.tier.begin(translator, when);
        match when {
            When::Later => self.dispatch.set_table_later(&HOT_TABLE, PATIENCE / TICKS),
            When::Often | When::First => self.dispatch.set_table(&HOT_TABLE),
        }
    }

    fn translator(&self) -> Option<&dyn Translate<Vm>> {
        self.tier.state().map(|state| &*state.translator)
    }
}

op::leaving_op! {
    jump(vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.jump();
        if by < 0 {
            return jump_back(vm, code, start, ip.plus(by), sp, fp);
        }
        next(vm, code, ip.plus(by), sp, fp)
    }
}

op::leaving_op! {
    pop_jump_if[const TRUTH: bool](vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.jump();
        if by < 0 && op::plain_truth(sp.top()) == Some(TRUTH) {
            return jump_back(vm, code, start, ip.plus(by), sp.down(1), fp);
        }
        op::pop_jump_if::<TRUTH>(vm, code, start, sp, fp)
    }
}

/// Goes on at `target`, before the jump whose operand is at `ip`.
#[inline(always)]
fn jump_back(vm: &Vm, code: Gc<Code>, ip: Ip, target: Ip, sp: Sp, fp: Fp) -> Exit {
    if tick(vm) {
        return poll_and_jump_back(vm, code, ip, target, sp, fp);
    }
    go_on(vm, code, target, sp, fp)
}

/// Goes on at `target` in machine code if there is some, or if it is time to make some.
#[inline(always)]
fn go_on(vm: &Vm, code: Gc<Code>, target: Ip, sp: Sp, fp: Fp) -> Exit {
    let Some(state) = vm.tier.state() else { return next(vm, code, target, sp, fp) };
    match state.find(target.0, address(code)) {
        Known::Machine(machine) => enter(vm, code, target, sp, fp, machine),
        Known::Nothing if state.when == When::First || vm.events.ticks.get().is_multiple_of(LOOK) => {
            translate_and_go_on(vm, code, target, sp, fp)
        }
        _ => next(vm, code, target, sp, fp),
    }
}

/// As [`jump_back`], once pending events have been looked at: where that is done, the program is mostly.
#[inline(never)]
fn poll_and_jump_back(vm: &Vm, code: Gc<Code>, ip: Ip, target: Ip, sp: Sp, fp: Fp) -> Exit {
    // An exception leaves the jump undone; the frame's operands are dropped then.
    tri!(vm, ip, vm.poll());
    translate_and_go_on(vm, code, target, sp, fp)
}

/// Runs the frame on top, which Rust code has pushed, in machine code if there is some: a function that built-ins call, or a
/// generator that they resume, has no other place at which to go over to it.
#[inline]
pub(in crate::interpret) fn start(vm: &Vm) -> Exit {
    let frame = vm.frame();
    match frame.code.get() {
        Some(code) if vm.tier.state().is_some() && !vm.dispatch.stops() => {
            go_on(vm, code, Ip(frame.ip.get()), Sp(frame.sp.get()), Fp(frame.locals.get()))
        }
        _ => op::start(vm),
    }
}

/// The address of a code object.
#[inline(always)]
fn address(code: Gc<Code>) -> usize {
    code.as_ptr().addr().get()
}

/// Has machine code made for the frame on top from `target` on; its address.
fn translate(vm: &Vm, state: &State<Vm>, code: Gc<Code>, target: Ip, sp: Sp) -> Option<usize> {
    let frame = vm.frame();
    frame.ip.set(target.0);
    frame.sp.set(sp.0);
    if !state.is_worth_it(target.0, address(code)) || !state.translator.has_room(vm) {
        return None;
    }
    let machine = state.translator.translate(vm);
    state.note(target.0, address(code), machine);
    machine
}

/// Goes on at `target` in machine code, if there is any or some can be made.
///
/// This function and those below end in the interpreter's loop, not in the next instruction's handler: they have local
/// variables with addresses, so that a call at their end would not become a jump, and calls would pile up.
#[inline(never)]
fn translate_and_go_on(vm: &Vm, code: Gc<Code>, target: Ip, sp: Sp, fp: Fp) -> Exit {
    if let Some(state) = vm.tier.state()
        && !vm.dispatch.stops()
    {
        let machine = match state.find(target.0, address(code)) {
            Known::Machine(machine) => Some(machine),
            Known::None => None,
            Known::Nothing => translate(vm, state, code, target, sp),
        };
        if let Some(machine) = machine {
            return enter(vm, code, target, sp, fp, machine);
        }
    }
    stop_at(vm, target, sp)
}

/// Has the interpreter's loop go on at `ip`.
#[inline(always)]
fn stop_at(vm: &Vm, ip: Ip, sp: Sp) -> Exit {
    let frame = vm.frame();
    frame.ip.set(ip.0);
    frame.sp.set(sp.0);
    Exit::Next
}

op::leaving_op! {
    call_function(vm, code, ip, sp, fp) {
        let start = ip;
        let counts = ip.uint();
        let args = sp.down(counts & 0xff);
        if counts <= 0xff
            && let Some(target) = op::enter_simple(vm, code, ip, args.down(1), args, counts)
        {
            return begin(vm, target, args.up(usize::from(target.n_locals)), Fp(args.0));
        }
        op::call_any_function(vm, code, start, sp, fp)
    }
}

op::leaving_op! {
    call_method(vm, code, ip, sp, fp) {
        let start = ip;
        let counts = ip.uint();
        if counts <= 0xff {
            let base = sp.down(counts + 2);
            let with_self = usize::from(base.slot(1).is_some());
            let args = base.up(2 - with_self);
            if let Some(target) = op::enter_simple(vm, code, ip, base, args, counts + with_self) {
                return begin(vm, target, args.up(usize::from(target.n_locals)), Fp(args.0));
            }
        }
        op::call_any_method(vm, code, start, sp, fp)
    }
}

op::leaving_op! {
    yield_value(vm, code, ip, sp, fp) {
        let value = sp.pop();
        let resume = vm.frame().resume.get();
        match op::suspend(vm, ip, sp) {
            Entry::Loop => go_on_in_loop(vm, value, resume),
            Entry::Rust => {
                vm.set_result(value);
                Exit::Yielded
            }
            entry => op::yield_further(vm, entry, value),
        }
    }
}

/// Goes on in the body of the loop of the frame on top, which has waited for its generator, with `value` as the item: in
/// the machine code at `resume`, unless that is 0.
#[inline(always)]
fn go_on_in_loop(vm: &Vm, value: Obj, resume: usize) -> Exit {
    let (code, ip, sp, fp) = match begin_body(vm, value) {
        Some(registers) => registers,
        None => return Exit::Returned,
    };
    if resume != 0 && !vm.dispatch.stops() { enter(vm, code, ip, sp, fp, resume) } else { go_on(vm, code, ip, sp, fp) }
}

/// Has the frame on top, which has waited for a generator, begin the body of its loop with `value` as the item.
#[inline(always)]
fn begin_body(vm: &Vm, value: Obj) -> Option<(Gc<Code>, Ip, Sp, Fp)> {
    let frame = vm.frame();
    let (mut ip, mut sp) = (Ip(frame.ip.get()), Sp(frame.sp.get()));
    ip.forward();
    sp.push(value);
    Some((frame.code.get()?, ip, sp, Fp(frame.locals.get())))
}

/// About how many calls and backward jumps there have been, a number that may begin anew.
pub fn passed(vm: &Vm) -> u64 {
    let events = &vm.events;
    u64::from(events.rounds.get()) * u64::from(TICKS) + u64::from(TICKS.saturating_sub(events.ticks.get()))
}

/// Where machine code is entered: an instruction, and its code object, by their addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    ip: usize,
    code: usize,
}

impl Spot {
    /// Where the frame on top is, if that is a call.
    pub fn of_top(vm: &Vm) -> Option<Spot> {
        let frame = vm.frame();
        Some(Spot { ip: frame.ip.get().addr(), code: address(frame.code.get()?) })
    }
}

/// Has machine code at `spot` entered no more; or, unless that is `for_good`, when the instruction has been found running
/// as often again as it was before there was machine code.
pub fn avoid(vm: &Vm, spot: Spot, for_good: bool) {
    if let Some(state) = vm.tier.state() {
        state.note(core::ptr::without_provenance(spot.ip), spot.code, (!for_good).then_some(1));
    }
}

/// How many calls and jumps there are from one look at where the program is to the next: an odd number, so that each of
/// functions that take turns is seen.
const LOOK: u32 = 127;

/// Begins the function whose frame has just been pushed.
#[inline(always)]
fn begin(vm: &Vm, code: Gc<Code>, sp: Sp, fp: Fp) -> Exit {
    go_on(vm, code, Ip(code.start), sp, fp)
}

/// Ends the running frame, which machine code has called, with `value`.
#[inline(never)]
pub(in crate::interpret) fn go_back(vm: &Vm, value: Obj) -> Exit {
    let resume = vm.frame().resume.get();
    vm.pop_frame();
    go_on_with(vm, value, resume)
}

/// Ends the running frame, the method of an operator that machine code has called: the method has answered
/// `NotImplemented`.
#[inline(never)]
pub(in crate::interpret) fn decline(vm: &Vm) -> Exit {
    let resume = vm.frame().resume.get();
    vm.pop_frame();
    note_leaving(vm);
    let frame = vm.frame();
    let (ip, operands) = (Ip(frame.ip.get()), Sp(frame.sp.get()));
    match binary_declined(vm, binary::operator(ip), operands.at(0), operands.at(1)) {
        Ok(value) => go_on_with(vm, value, resume),
        Err(error) => op::raised(vm, ip, error),
    }
}

/// Goes on in the machine code at `resume` with the frame on top, which has waited for `value`.
fn go_on_with(vm: &Vm, value: Obj, resume: usize) -> Exit {
    let frame = vm.frame();
    let mut sp = Sp(frame.sp.get());
    sp.push(value);
    match (frame.code.get(), vm.dispatch.stops()) {
        (Some(code), false) => enter(vm, code, Ip(frame.ip.get()), sp, Fp(frame.locals.get()), resume),
        _ => stop_at(vm, Ip(frame.ip.get()), sp),
    }
}

/// Goes on at `ip` in machine code.
#[inline(never)]
fn enter(vm: &Vm, _: Gc<Code>, ip: Ip, sp: Sp, _: Fp, machine: usize) -> Exit {
    let stopped = stop_at(vm, ip, sp);
    match vm.tier.state() {
        Some(state) if !vm.is_deep() && state.nested.get() < NESTED && is_stocked(vm, state) => {
            // SAFETY: `state` has the machine code for this code object and instruction, and drops it with the code
            // object only.
            exit(unsafe { state.translator.run(vm, machine) })
        }
        _ => stopped,
    }
}

/// Fills the store of floats; false if there is no memory for that.
#[inline]
fn is_stocked(vm: &Vm, state: &State<Vm>) -> bool {
    if state.is_stocked.get() {
        return true;
    }
    state.fill_store(|| match vm.new_float(0.0) {
        Ok(float) => Some(float.bits()),
        Err(raised) => {
            vm.take_exception(raised);
            None
        }
    })
}

/// How the interpreter goes on, by its number.
fn exit(how: usize) -> Exit {
    const ALL: [Exit; 5] = [Exit::Next, Exit::Returned, Exit::Yielded, Exit::Raised, Exit::Reraised];
    ALL.into_iter().find(|exit| *exit as usize + EXITS == how).unwrap_or(match how {
        #[cfg(feature = "steps")]
        how if how == EXITS + Exit::Paused as usize => Exit::Paused,
        how if how == EXITS + Exit::Waiting as usize => Exit::Waiting,
        _ => Exit::Next,
    })
}
