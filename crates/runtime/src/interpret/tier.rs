//! Machine code for what runs often: where the interpreter goes over to it, and what machine code has of the interpreter.
//!
//! The handlers here take the place of those of calls and jumps in interpreters that have a translator
//! ([`Translate`]). They look whether there is machine code where control goes. Machine code works on the frame that the
//! interpreter has pushed, and leaves that frame, at any instruction, as the interpreter would have it there; so the
//! interpreter can always go on.

mod direct;

use alloc::boxed::Box;
use core::mem::offset_of;

use berus_mpy::opcode::Op;

use crate::data;
use crate::data::instance::Instance;
use crate::interpret::op;
use crate::interpret::op::{TABLE, next, tri};
pub use crate::interpret::tier::direct::{answers_bool, function_of, slice_function};
use crate::model::builtin::{Builtin, Fun};
use crate::model::code::Code;
use crate::model::dispatch::{Exit, Table};
use crate::model::events::{Events, Poll, tick};
use crate::model::execute::Called;
use crate::model::frame::{Block, Entry, Frame, Stacks, frame_bytes};
use crate::model::layout::{Function, List, Map, Tuple};
use crate::model::lookups::Lookups;
use crate::model::object::{Gc, Object};
use crate::model::registers::{Fp, Ip, Sp};
use crate::model::thread::Thread;
use crate::model::tier::{Known, State, Translate, When};
use crate::model::types::{Type, flag};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::obj::float::{Float, Floats};

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
    /// Has bytecode that runs often translated by `translator`.
    fn set_translator(&mut self, translator: Box<dyn Translate<Vm>>, when: When);
}

impl Tiers for Vm {
    fn set_translator(&mut self, translator: Box<dyn Translate<Vm>>, when: When) {
        self.tier.begin(translator, when);
        self.dispatch.set_table(&HOT_TABLE);
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
    if !state.translator.has_time(vm) {
        return None;
    }
    let machine = if code.is_generator() { None } else { state.translator.translate(vm) };
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
        match op::suspend(vm, ip, sp) {
            Entry::Loop => go_on_in_loop(vm, value),
            entry => op::yield_further(vm, entry, value),
        }
    }
}

/// Goes on in the body of the loop of the frame on top, which has waited for its generator, with `value` as the item.
#[inline(always)]
fn go_on_in_loop(vm: &Vm, value: Obj) -> Exit {
    let frame = vm.frame();
    let (mut ip, mut sp) = (Ip(frame.ip.get()), Sp(frame.sp.get()));
    ip.forward();
    sp.push(value);
    let Some(code) = frame.code.get() else { return Exit::Returned };
    go_on(vm, code, ip, sp, Fp(frame.locals.get()))
}

/// How many calls and jumps there are from one look at where the program is to the next.
const LOOK: u32 = 128;

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
    let value = match base.at(0).downcast::<Builtin>().filter(|_| n_kw == 0).map(|builtin| builtin.fun()) {
        Some(Fun::F1(fun)) if n == 1 => fun(vm, args.at(0)),
        Some(Fun::F2(fun)) if n == 2 => fun(vm, args.at(0), args.at(1)),
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

/// Calls the built-in function at `base`, as [`call`] does, with the `n` arguments behind it: as many as it takes.
///
/// # Safety
/// As [`call`].
pub unsafe extern "C" fn call_builtin(vm: &Vm, ip: *const u8, base: *mut Slot, n: usize) -> usize {
    let (start, base) = (Ip(ip), Sp(base));
    let args = base.up(1);
    let value = match base.at(0).downcast::<Builtin>().map(|builtin| builtin.fun()) {
        Some(Fun::F1(fun)) => fun(vm, args.at(0)),
        Some(Fun::F2(fun)) => fun(vm, args.at(0), args.at(1)),
        Some(Fun::Var { fun, .. }) => fun(vm, args.values(n)),
        _ => return RUN,
    };
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

/// The machine code for `target`, whose frame has just been pushed, or [`CALLED`].
fn machine_of(vm: &Vm, state: &State<Vm>, target: Gc<Code>) -> usize {
    if vm.dispatch.stops() {
        return CALLED;
    }
    match state.find(target.start, address(target)) {
        Known::Machine(machine) => machine,
        Known::Nothing if state.when == When::First || vm.events.ticks.get().is_multiple_of(LOOK) => {
            let machine = translate(vm, state, target, Ip(target.start), Sp(vm.frame().sp.get()));
            machine.unwrap_or(CALLED)
        }
        _ => CALLED,
    }
}

/// The global or built-in variable that a `LOAD_GLOBAL` loads, whose opcode is before `ip`; null if that takes longer.
///
/// # Safety
/// As [`run_one`].
pub unsafe extern "C" fn load_global(vm: &Vm, ip: *const u8) -> usize {
    let mut ip = Ip(ip);
    let start = ip;
    let Some(code) = vm.frame().code.get() else { return 0 };
    let name = code.qstr(ip.uint());
    let globals = &code.context.globals().map;
    let found = op::name::hinted(vm, globals, start, name).or_else(|| vm.remembered_builtin(globals, name));
    found.map_or(0, Obj::bits)
}

/// The attribute of `object`, an instance, that a `LOAD_ATTR` loads, whose opcode is before `ip`; null if that takes
/// longer.
///
/// # Safety
/// As [`run_one`].
pub unsafe extern "C" fn load_attr(vm: &Vm, ip: *const u8, object: Obj) -> usize {
    let mut ip = Ip(ip);
    let start = ip;
    let Some(code) = vm.frame().code.get() else { return 0 };
    let name = code.qstr(ip.uint());
    let instance = Instance::of(object);
    instance.and_then(|instance| op::name::hinted(vm, instance.members(), start, name)).map_or(0, Obj::bits)
}

/// Does what a `STORE_ATTR`, whose opcode is before `ip`, does with the value at `base` and the object behind it, if the
/// object is an instance that has such an attribute; else answers 0.
///
/// # Safety
/// As [`run_one`].
pub unsafe extern "C" fn store_attr(vm: &Vm, ip: *const u8, base: *mut Slot) -> usize {
    let (mut ip, base) = (Ip(ip), Sp(base));
    let start = ip;
    let Some(code) = vm.frame().code.get() else { return 0 };
    let name = code.qstr(ip.uint());
    if let (Some(value), Some(instance)) = (base.slot(0), Instance::of(base.at(1)))
        && let Some(entry) = op::name::hinted_entry(vm, instance.members(), start, name)
        && instance.stores_plainly()
    {
        entry.value.set(Some(value));
        return 1;
    }
    0
}

/// Does what a `LOAD_METHOD`, whose opcode is before `ip`, does with the object at `base`, if the method is one of a
/// built-in type or a function of a class; else answers 0.
///
/// # Safety
/// As [`run_one`].
pub unsafe extern "C" fn load_method(vm: &Vm, ip: *const u8, base: *mut Slot) -> usize {
    let (mut ip, base) = (Ip(ip), Sp(base));
    let Some(code) = vm.frame().code.get() else { return 0 };
    let name = code.qstr(ip.uint());
    let object = base.at(0);
    let method = vm.remembered_plain_method(object, name).or_else(|| {
        let instance = Instance::of(object)?;
        let found = vm.remembered_method(instance.class(), name)??;
        let is_own = instance.members().get_name(vm, name).is_some();
        let is_function = !found.native && found.value.downcast::<Function>().is_some();
        (is_function && !is_own).then_some(found.value)
    });
    let Some(method) = method else { return 0 };
    base.set_slot(0, Some(method));
    base.set_slot(1, Some(object));
    1
}

/// A float, for machine code; null if there is no memory.
///
/// # Safety
/// None: the function is for machine code, which knows its address only.
pub unsafe extern "C" fn make_float(vm: &Vm, bits: u64) -> usize {
    match vm.new_float(f64::from_bits(bits)) {
        Ok(float) => float.bits(),
        Err(raised) => {
            vm.take_exception(raised);
            0
        }
    }
}

/// What machine code needs to know of the interpreter: distances in bytes, from the beginning of a structure to a
/// field, and addresses.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// From the interpreter to the number of ticks that are left, of 32 bits.
    pub ticks: usize,
    /// From the interpreter to the frame on top.
    pub top: usize,
    /// From a frame to its operands' end, and so on.
    pub frame_sp: usize,
    /// See `frame_sp`.
    pub frame_locals: usize,
    /// See `frame_sp`.
    pub frame_below: usize,
    /// See `frame_sp`.
    pub frame_blocks_end: usize,
    /// See `frame_sp`.
    pub frame_entry: usize,
    /// See `frame_sp`.
    pub frame_resume: usize,
    /// From an object's type to its flags, of 16 bits.
    pub type_flags: usize,
    /// The flags of types whose objects are instances with attributes of their own, and have `members`.
    pub instance_flags: u16,
    /// From an instance to the number of its entries for attributes, of 32 bits, and to the address of the first: a key
    /// and a value each.
    pub members_used: usize,
    /// See `members_used`.
    pub members_block: usize,
    /// The bytes of a frame, behind which its blocks begin.
    pub frame_bytes: usize,
    /// The entry of frames that machine code has pushed, a byte.
    pub entry_of_machine: u8,
    /// The entry of frames of `__init__` that machine code has pushed.
    pub entry_of_init: u8,
    /// From a frame to the object that the frame's `__init__` is called for.
    pub frame_object: usize,
    /// See `frame_sp`.
    pub frame_code: usize,
    /// See `frame_sp`.
    pub frame_ip: usize,
    /// See `frame_sp`.
    pub frame_end: usize,
    /// From the interpreter to the addresses at which the stacks of values and of frames end.
    pub values_end: usize,
    /// See `values_end`.
    pub frames_end: usize,
    /// From the interpreter to the number that tells how often classes have changed, of 32 bits.
    pub changes: usize,
    /// From the interpreter to the number that tells how often what was a built-in may be one no longer, of 32 bits.
    pub hidings: usize,
    /// The bytes of an exception block.
    pub block_bytes: usize,
    /// From a list to its length, and to the address of its items.
    pub list_len: usize,
    /// See `list_len`.
    pub list_items: usize,
    /// From a float to its value.
    pub float_value: usize,
    /// The address of the type of floats.
    pub float_type: usize,
    /// The address of the type of lists.
    pub list_type: usize,
    /// The address of the type of tuples.
    pub tuple_type: usize,
    /// From a tuple to its length, and to its first item.
    pub tuple_len: usize,
    /// See `tuple_len`.
    pub tuple_items: usize,
    /// From the cell of a variable that functions share to the variable's value.
    pub cell_value: usize,
}

impl Facts {
    /// The facts.
    pub fn new() -> Facts {
        Facts {
            ticks: offset_of!(Vm, events) + offset_of!(Events, ticks),
            top: offset_of!(Vm, thread) + offset_of!(Thread, stacks) + Stacks::TOP,
            frame_sp: offset_of!(Frame, sp),
            frame_locals: offset_of!(Frame, locals),
            frame_below: offset_of!(Frame, below),
            frame_blocks_end: offset_of!(Frame, blocks_end),
            frame_entry: offset_of!(Frame, entry),
            frame_resume: offset_of!(Frame, resume),
            type_flags: offset_of!(Type, flags),
            instance_flags: flag::BERUS | flag::HEAP,
            members_used: offset_of!(Instance, members) + offset_of!(Map, used),
            members_block: offset_of!(Instance, members) + offset_of!(Map, block),
            frame_bytes: size_of::<Frame>(),
            entry_of_machine: Entry::Machine as u8,
            entry_of_init: Entry::MachineInit as u8,
            frame_object: offset_of!(Frame, object),
            frame_code: offset_of!(Frame, code),
            frame_ip: offset_of!(Frame, ip),
            frame_end: offset_of!(Frame, end),
            values_end: offset_of!(Vm, thread) + offset_of!(Thread, stacks) + Stacks::ENDS[0],
            frames_end: offset_of!(Vm, thread) + offset_of!(Thread, stacks) + Stacks::ENDS[1],
            changes: offset_of!(Vm, lookups) + offset_of!(Lookups, changes),
            hidings: offset_of!(Vm, lookups) + offset_of!(Lookups, hidings),
            block_bytes: size_of::<Block>(),
            list_len: offset_of!(List, len),
            list_items: offset_of!(List, items),
            float_value: Float::VALUE,
            float_type: core::ptr::from_ref(<Float as Object>::TYPE).expose_provenance(),
            list_type: core::ptr::from_ref(<List as Object>::TYPE).expose_provenance(),
            tuple_type: core::ptr::from_ref(<Tuple as Object>::TYPE).expose_provenance(),
            tuple_len: offset_of!(Tuple, len),
            tuple_items: size_of::<Tuple>(),
            cell_value: offset_of!(data::cell::Cell, value),
        }
    }
}

impl Default for Facts {
    fn default() -> Facts {
        Facts::new()
    }
}

/// What machine code needs to know of a function to push its frame.
#[derive(Clone, Copy, Debug)]
pub struct Callee {
    /// The address of the code object.
    pub code: usize,
    /// The address of the first instruction.
    pub start: usize,
    /// How many of the frame's slots are local variables.
    pub n_locals: usize,
    /// How many slots the frame has.
    pub n_slots: usize,
    /// The bytes of the frame, with its exception blocks.
    pub bytes: usize,
}

/// The frame on top, as a translator sees it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    vm: &'a Vm,
    frame: &'a Frame,
    code: Gc<Code>,
}

impl<'a> View<'a> {
    /// The frame on top; `None` if that is no call.
    pub fn new(vm: &'a Vm) -> Option<View<'a>> {
        let frame = vm.frame();
        Some(View { vm, frame, code: frame.code.get()? })
    }

    /// How many exception blocks can be open at once.
    pub fn n_blocks(&self) -> usize {
        usize::from(self.code.n_exc)
    }

    /// The address of the code object.
    pub fn code(&self) -> usize {
        self.code.as_ptr().addr().get()
    }

    /// The name of the function, and the line of the instruction at `offset`.
    pub fn place(&self, offset: usize) -> (&'a [u8], u32) {
        (self.vm.spelling(self.code.name()), self.code.line(self.vm, self.code.start.wrapping_add(offset)))
    }

    /// The instructions.
    pub fn instructions(&self) -> &'a [u8] {
        let prelude = self.code.start.addr() - self.code.bytes.addr();
        // SAFETY: a code object's bytes are its prelude and instructions, which stay as long as the code object does.
        unsafe { core::slice::from_raw_parts(self.code.start, self.code.len as usize - prelude) }
    }

    /// The offset of the instruction that the frame is at.
    pub fn offset(&self) -> usize {
        self.frame.ip.get().addr() - self.code.start.addr()
    }

    /// How many of the frame's slots are local variables.
    pub fn n_locals(&self) -> usize {
        usize::from(self.code.n_locals)
    }

    /// The slots that are in use: local variables and operands; null slots are 0.
    pub fn slots(&self) -> impl Iterator<Item = usize> + use<> {
        let (locals, sp) = (self.frame.locals.get(), self.frame.sp.get());
        self.slots_to((sp.addr() - locals.addr()) / size_of::<Slot>())
    }

    fn slots_to(&self, n: usize) -> impl Iterator<Item = usize> + use<> {
        let locals = self.frame.locals.get();
        // SAFETY: the frame's slots up to its stack pointer have been written.
        (0..n).map(move |slot| unsafe { locals.add(slot).read() }.map_or(0, Obj::bits))
    }

    /// The word of constant `index` of the module; `None` for one that is made when it is used.
    pub fn constant(&self, index: usize) -> Option<usize> {
        // SAFETY: verified code has no index but those of its module's constants.
        let constant = unsafe { self.code.constants.add(index).read() }?;
        constant.as_later().is_none().then(|| constant.bits())
    }

    /// The word of name `index` of the module.
    pub fn name(&self, index: usize) -> usize {
        Obj::qstr(self.code.qstr(index)).bits()
    }

    /// Where among the attributes of the instance that `word`, one of the frame's slots, is, name `index` of the module
    /// stands; `None` if it stands nowhere.
    pub fn member(&self, word: usize, index: usize) -> Option<usize> {
        // SAFETY: the word is one of the frame's slots.
        let object = unsafe { Obj::from_bits(word) }?;
        let instance = Instance::of(object)?;
        instance.members().find_name(self.vm, self.code.qstr(index))
    }

    /// The address of the class of the instance that `word`, one of the frame's slots, is; `None` if it is none.
    pub fn class(&self, word: usize) -> Option<usize> {
        self.instance(word).map(|instance| instance.class().as_ptr().addr().get())
    }

    fn instance(&self, word: usize) -> Option<&'a Instance> {
        // SAFETY: the word is one of the frame's slots.
        Instance::of(unsafe { Obj::from_bits(word) }?)
    }

    /// The word of the Python function that is method number `index` of the module's names, of the instance that `word`,
    /// one of the frame's slots, is, and how many attributes the instance has, none of which has the name. That is so for
    /// all instances of the class with these attributes, until a [class changes](View::changes).
    pub fn method(&self, word: usize, index: usize) -> Option<(usize, usize)> {
        let (instance, name) = (self.instance(word)?, self.code.qstr(index));
        let found = data::class::find(self.vm, instance.class(), name).filter(|found| !found.native)?;
        let function = found.value.downcast::<Function>()?;
        let is_own = instance.members().find_name(self.vm, name).is_some();
        (!is_own).then(|| (function.obj().bits(), instance.members().used.get() as usize))
    }

    /// Whether storing an attribute of the instance that `word`, one of the frame's slots, is, changes that attribute and
    /// does nothing else. That is so for all instances of the class, until a [class changes](View::changes).
    pub fn stores_plainly(&self, word: usize) -> bool {
        self.instance(word).is_some_and(Instance::stores_plainly)
    }

    /// The word of the built-in function or type that name `index` of the module is, until [that may
    /// change](View::hidings); `None` if nobody has looked.
    pub fn builtin(&self, index: usize) -> Option<usize> {
        let found = self.vm.remembered_builtin(&self.code.context.globals().map, self.code.qstr(index))?;
        let is_static =
            found.downcast::<Builtin>().is_some() || found.downcast::<Type>().is_some_and(|ty| !ty.has(flag::HEAP));
        is_static.then(|| found.bits())
    }

    /// How often what was a built-in may have become none, a number that may begin anew.
    pub fn hidings(&self) -> u32 {
        self.vm.lookups.hidings.get()
    }

    /// Of `word`, one of the frame's slots, if that is an object of a built-in type of which name `index` of the module is a
    /// method: the address of the type, and the word of the method's function.
    pub fn plain_method(&self, word: usize, index: usize) -> Option<(usize, usize)> {
        // SAFETY: the word is one of the frame's slots.
        let object = unsafe { Obj::from_bits(word) }.filter(|object| object.is_pointer())?;
        let function = self.vm.remembered_plain_method(object, self.code.qstr(index))?;
        let ty = self.type_at(word);
        (ty != 0 && function.downcast::<Builtin>().is_some()).then(|| (ty, function.bits()))
    }

    /// Whether `word`, of a value that is reached from the frame, is a built-in function that [`call_builtin`] calls with
    /// `n` arguments.
    pub fn calls_builtin(&self, word: usize, n: usize) -> bool {
        // SAFETY: the caller says that the word is one of a value.
        let builtin = unsafe { Obj::from_bits(word) }.and_then(|object| object.downcast::<Builtin>());
        builtin.is_some_and(|builtin| match builtin.fun() {
            Fun::F1(_) => n == 1,
            Fun::F2(_) => n == 2,
            Fun::Var { min, max, .. } => usize::from(min) <= n && n <= usize::from(max),
            _ => false,
        })
    }

    /// How often classes have changed, a number that may begin anew.
    pub fn changes(&self) -> u32 {
        self.vm.lookups.changes.get()
    }

    /// The function that `word`, the word of a value that is reached from the frame, is, if a call with `n` arguments
    /// enters it by a frame alone.
    pub fn callee(&self, word: usize, n: usize) -> Option<Callee> {
        // SAFETY: the caller says that the word is one of a value.
        let function = unsafe { Obj::from_bits(word) }?.downcast::<Function>()?;
        let code = function.code_if_simple();
        (code.simple && usize::from(code.n_pos) == n).then(|| Callee {
            code: address(code),
            start: code.start.expose_provenance(),
            n_locals: code.n_locals.into(),
            n_slots: code.n_state.into(),
            bytes: frame_bytes(code),
        })
    }

    /// The word of the variable of the module that name `index` of the module stands for; `None` if there is none.
    pub fn global_word(&self, index: usize) -> Option<usize> {
        let map = &self.code.context.globals().map;
        map.entries().get(map.find_name(self.vm, self.code.qstr(index))?)?.value.get().map(Obj::bits)
    }

    /// The variables of the module, and where among them name `index` of the module stands: the addresses of the number
    /// of entries, of 32 bits, and of the word for the address of the first entry; and the number of the entry.
    pub fn global(&self, index: usize) -> Option<(usize, usize, usize)> {
        let map = &self.code.context.globals().map;
        let at = map.find_name(self.vm, self.code.qstr(index))?;
        let start = core::ptr::from_ref(map).expose_provenance();
        Some((start + offset_of!(Map, used), start + offset_of!(Map, block), at))
    }

    /// The address of the type of the object that `word`, one of the frame's slots, points to; 0 if it points to none.
    pub fn type_at(&self, word: usize) -> usize {
        // SAFETY: the word is one of the frame's slots.
        let object = unsafe { Obj::from_bits(word) };
        object.and_then(Obj::as_header).map_or(0, |header| {
            // SAFETY: a pointer word points to a live object.
            unsafe { header.as_ref() }.ty().as_ptr().addr().get()
        })
    }

    /// The word in slot `number`, which is in use.
    pub fn slot(&self, number: usize) -> usize {
        self.slots_to(number + 1).last().unwrap_or(0)
    }

    /// Sets slot `slot`.
    ///
    /// # Safety
    /// The slot is one of the frame's, and `word` the word of a value of the interpreter, or 0.
    pub unsafe fn set_slot(&self, slot: usize, word: usize) {
        // SAFETY: as the caller says.
        unsafe { self.frame.locals.get().add(slot).write(Obj::from_bits(word)) };
    }

    /// Has the frame go on at instruction `offset` with `slots` slots in use.
    ///
    /// # Safety
    /// That is an instruction of the code, with as many slots in use by what verification has found.
    pub unsafe fn set_place(&self, offset: usize, slots: usize) {
        self.frame.ip.set(self.code.start.wrapping_add(offset));
        self.frame.sp.set(self.frame.locals.get().wrapping_add(slots));
    }

    /// The address of the first local variable.
    pub fn locals(&self) -> usize {
        self.frame.locals.get().expose_provenance()
    }

    /// The address of the first instruction.
    pub fn start(&self) -> usize {
        self.code.start.expose_provenance()
    }

    /// A float, which is had without memory for it, too, [`STORE`](crate::model::tier::STORE) times since machine code
    /// was entered.
    pub fn float(&self, value: f64) -> usize {
        match self.vm.new_float(value) {
            Ok(float) => float.bits(),
            Err(raised) => {
                self.vm.take_exception(raised);
                let state = self.vm.tier.state();
                state.inspect(|state| state.is_stocked.set(false));
                let store = state.map_or(&[][..], |state| &state.store);
                let stored = store.iter().map(core::cell::Cell::take).find(|float| *float != 0);
                // SAFETY: the store holds words of floats, and keeps them alive.
                let stored = stored.and_then(|float| unsafe { Obj::from_bits(float) });
                stored.map_or(Obj::NONE, |float| Float::refill(float, value)).bits()
            }
        }
    }
}
