//! Exception blocks: opening and closing them, raising, and leaving them by a return or a jump.
//!
//! What a `finally` part has pending lies on the stack for its `END_FINALLY`: `None`, an exception, or two slots, whose
//! upper one is a small integer. For a return the upper slot is -1, and the lower one holds the value; for a jump the
//! upper slot is what is left to do of the operand of `UNWIND_JUMP`, and the lower one the target, counted from the
//! start of the code.

use berus_mpy::opcode::{ITER_SLOTS, Op};
use berus_mpy::verify::{FinallyEntry, finally_entry};

use crate::data::exception::Exceptions;
use crate::interpret::op::{call, leaving_op, next, op, raised, tri};
use crate::model::code::Code;
use crate::model::dispatch::Exit;
use crate::model::error::{Raise, Res};
use crate::model::events::{Poll, tick};
use crate::model::frame::{Block, BlockKind, Frame};
use crate::model::object::Gc;
use crate::model::protocols::Classes;
use crate::model::registers::{Fp, Here, Ip, Sp};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::attr::{Attributes, MethodParts};
use crate::ops::call::Call;
use crate::ops::truth::Truth;

/// The upper slot of a pending return.
const RETURN: isize = -1;

/// The bit of the operand of `UNWIND_JUMP` that has the jump drop an iterator, too.
const DROP_ITERATOR: u32 = 0x80;

/// `ip` as an offset in the code.
fn offset(code: Gc<Code>, ip: Ip) -> u32 {
    (ip.0.addr() - code.bytes.addr()) as u32
}

/// The instruction at `offset` in the code.
fn at(code: Gc<Code>, offset: usize) -> Ip {
    Ip(code.bytes.wrapping_add(offset))
}

/// Where the handler of `block` is entered with an exception, and with a pending return or jump.
fn entry(code: Gc<Code>, block: Block) -> FinallyEntry {
    let handler = block.handler as usize;
    // Only the handler of an `async with` begins with `DUP_TOP`.
    if block.kind == BlockKind::Finally && code.bytes().get(handler) == Some(&(Op::DupTop as u8)) {
        return finally_entry(code.bytes(), handler);
    }
    FinallyEntry { exception: handler, unwind: handler }
}

/// Opens a block with its handler `by` bytes behind `ip`.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(in crate::interpret) fn open(vm: &Vm, code: Gc<Code>, ip: Ip, by: isize, sp: Sp, fp: Fp, kind: BlockKind) {
    let handler = offset(code, ip.plus(by));
    let depth = (sp.0.addr() - fp.0.addr()) / size_of::<usize>();
    vm.frame().push_block(Block { handler, depth: depth as u16, kind, exception: None });
}

op! {
    setup_except(vm, code, ip, sp, fp) {
        let by = ip.forward();
        open(vm, code, ip, by, sp, fp, BlockKind::Except);
    }
}

op! {
    setup_finally(vm, code, ip, sp, fp) {
        let by = ip.forward();
        open(vm, code, ip, by, sp, fp, BlockKind::Finally);
    }
}

op! {
    setup_with(vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.forward();
        let manager = sp.pop();
        let value = tri!(vm, start, enter_with(vm, manager, sp));
        sp = sp.up(2);
        open(vm, code, ip, by, sp, fp, BlockKind::Finally);
        sp.push(value);
    }
}

/// Calls `__enter__` of `manager`, and puts `__exit__` and its `self` at `sp`.
#[inline(never)]
fn enter_with(vm: &Vm, manager: Obj, sp: Sp) -> Res {
    let exit = vm.load_method(manager, crate::q!("__exit__"))?;
    sp.set_slot(0, Some(exit.function));
    sp.set_slot(1, exit.this);
    let enter = vm.load_method(manager, crate::q!("__enter__"))?;
    vm.call_method_parts(enter, &[])
}

op! {
    with_cleanup(vm, code, ip, sp, fp) {
        sp = tri!(vm, ip, exit_with(vm, sp));
    }
}

/// Calls the `__exit__` that lies on the stack below what the block has pending. What is left to do then replaces all
/// these slots; answers the stack pointer above it.
#[inline(never)]
fn exit_with(vm: &Vm, sp: Sp) -> Res<Sp> {
    let top = sp.top();
    if top != Obj::NONE && top.as_small_int().is_none() {
        let base = sp.down(3);
        let exit = MethodParts { function: base.at(0), this: base.slot(1) };
        let swallowed = vm.call_method_parts(exit, &[vm.type_of(top).obj(), top, Obj::NONE])?;
        base.set_slot(0, Some(if vm.truth(swallowed)? { Obj::NONE } else { top }));
        return Ok(base.up(1));
    }
    let n_pending = if top == Obj::NONE { 1 } else { 2 };
    let base = sp.down(2 + n_pending);
    let exit = MethodParts { function: base.at(0), this: base.slot(1) };
    vm.call_method_parts(exit, &[Obj::NONE; 3])?;
    for n in 0..n_pending {
        base.set_slot(n, base.slot(2 + n));
    }
    Ok(base.up(n_pending))
}

op! {
    pop_except_jump(vm, code, ip, sp, fp) {
        let by = ip.forward();
        vm.frame().pop_block();
        ip = ip.plus(by);
    }
}

leaving_op! {
    end_finally(vm, code, ip, sp, fp) {
        vm.frame().pop_block();
        let pending = sp.pop();
        if pending == Obj::NONE {
            return next(vm, code, ip, sp, fp);
        }
        end_pending(vm, Here::new(code, fp), ip, sp, pending)
    }
}

#[inline(never)]
fn end_pending(vm: &Vm, here: Here, ip: Ip, mut sp: Sp, pending: Obj) -> Exit {
    match pending.as_small_int() {
        None => {
            let _ = raised(vm, ip, vm.raise(pending));
            Exit::Reraised
        }
        Some(RETURN) => {
            let value = sp.pop();
            return_through_blocks(vm, here, ip, value)
        }
        Some(left) => {
            let target = sp.pop().as_small_int().unwrap_or_default() as u32;
            leave(vm, here, ip, sp, Leaving::new(target, left as u32))
        }
    }
}

/// Returns `value`, by way of the `finally` parts of all open blocks.
#[inline(never)]
pub(crate) fn return_through_blocks(vm: &Vm, here: Here, ip: Ip, value: Obj) -> Exit {
    let frame = vm.frame();
    let (code, fp) = (here.code(vm), here.fp(vm));
    let here = offset(code, ip.plus(-1));
    while let Some(block) = frame.top_block() {
        if block.kind == BlockKind::Finally && block.handler > here {
            let mut sp = Sp(fp.0).up(block.depth.into());
            sp.push(value);
            sp.push(Obj::small_int_wrapping(RETURN));
            return next(vm, code, at(code, entry(code, block).unwind), sp, fp);
        }
        frame.pop_block();
    }
    call::finish(vm, ip, value)
}

leaving_op! {
    unwind_jump(vm, code, ip, sp, fp) {
        let start = ip;
        let by = ip.jump();
        let target = offset(code, ip.plus(by));
        let left = u32::from(ip.byte());
        leave(vm, Here::new(code, fp), start, sp, Leaving::new(target, left))
    }
}

/// A jump out of blocks: where to, counted from the start of the code, and what is left to do of the operand of
/// `UNWIND_JUMP`. A single number, so that [`leave_blocks`] gets all its arguments in registers.
#[derive(Clone, Copy)]
struct Leaving(u64);

impl Leaving {
    fn new(target: u32, left: u32) -> Leaving {
        Leaving(u64::from(target) << 32 | u64::from(left))
    }
}

/// Leaves blocks, and goes on where `leaving` says, or in a `finally` part.
#[cfg_attr(not(feature = "small"), inline(always))]
fn leave(vm: &Vm, here: Here, ip: Ip, sp: Sp, leaving: Leaving) -> Exit {
    let target = tri!(vm, ip, leave_blocks(vm, here.code(vm), ip, sp, leaving));
    next(vm, here.code(vm), target, Sp(vm.frame().sp.get()), here.fp(vm))
}

/// Leaves as many blocks as `leaving` says, up to one with a `finally` part that has not run: where to go on. The frame
/// has the stack pointer for that.
#[inline(never)]
fn leave_blocks(vm: &Vm, code: Gc<Code>, ip: Ip, mut sp: Sp, leaving: Leaving) -> Res<Ip> {
    let (target, mut left) = ((leaving.0 >> 32) as u32, leaving.0 as u32);
    let frame = vm.frame();
    let here = offset(code, ip.plus(-1));
    while left & !DROP_ITERATOR > 0 {
        left -= 1;
        let Some(block) = frame.top_block() else { break };
        if block.kind == BlockKind::Finally {
            if block.handler > here {
                sp.push(Obj::small_int_wrapping(target as isize));
                sp.push(Obj::small_int_wrapping(left as isize));
                frame.sp.set(sp.0);
                return Ok(at(code, entry(code, block).unwind));
            }
            // The handler runs, so what it has pending is on top, and is given up.
            let n_pending = if sp.top().as_small_int().is_some() { 2 } else { 1 };
            sp.drop(n_pending);
        }
        frame.pop_block();
    }
    if left & DROP_ITERATOR != 0 {
        sp.drop(ITER_SLOTS as usize);
    }
    if target < here && tick(vm) {
        vm.poll()?;
    }
    frame.sp.set(sp.0);
    Ok(at(code, target as usize))
}

leaving_op! {
    raise_obj(vm, code, ip, sp, fp) {
        let exception = tri!(vm, ip, vm.make_exception(sp.pop()));
        raised(vm, ip, vm.raise(exception))
    }
}

leaving_op! {
    raise_from(vm, code, ip, sp, fp) {
        let cause = sp.pop();
        if cause != Obj::NONE && !cfg!(feature = "python") {
            vm.host().write_stderr(b"Warning: exception chaining not supported\n");
        }
        let exception = tri!(vm, ip, vm.make_exception(sp.pop()));
        if cfg!(feature = "python") {
            tri!(vm, ip, vm.store_attr(exception, crate::q!("__cause__"), cause));
        }
        raised(vm, ip, vm.raise(exception))
    }
}

leaving_op! {
    raise_last(vm, code, ip, sp, fp) {
        let handled = vm.frame().handled();
        let Some(exception) = handled else {
            return raised(vm, ip, vm.runtime_error(format_args!("no active exception to reraise")));
        };
        let _ = raised(vm, ip, vm.raise(exception));
        Exit::Reraised
    }
}

/// Finds the handler for `exception`, raised in the running frame, and has the frame go on at the handler; `false` if
/// the frame has none.
pub(crate) fn handle(frame: &Frame, exception: Obj) -> bool {
    let Some(code) = frame.code.get() else { return false };
    let here = offset(code, Ip(frame.ip.get()).plus(-1));
    while let Some(block) = frame.top_block() {
        if block.handler > here {
            frame.set_handled(exception);
            let mut sp = Sp(frame.locals.get()).up(block.depth.into());
            sp.push(exception);
            frame.sp.set(sp.0);
            frame.ip.set(at(code, entry(code, block).exception).0);
            return true;
        }
        frame.pop_block();
    }
    false
}

/// The value that the running frame returns or yields, if the next instruction makes it do so; `None` for `YIELD_FROM`,
/// whose outcome only the other generator knows.
pub(crate) fn leaves_with(frame: &Frame) -> Option<Obj> {
    let code = frame.code.get()?;
    let (mut ip, sp) = (Ip(frame.ip.get()), Sp(frame.sp.get()));
    let here = offset(code, ip);
    let waits = |blocks: &[Block]| blocks.iter().any(|block| block.kind == BlockKind::Finally && block.handler > here);
    let blocks = frame.open_blocks();
    match Op::from_byte(ip.byte())? {
        Op::YieldValue => Some(sp.top()),
        Op::ReturnValue if !waits(blocks) => Some(sp.top()),
        Op::EndFinally if sp.top().as_small_int() == Some(RETURN) => {
            let (_, outer) = blocks.split_last()?;
            (!waits(outer)).then(|| sp.down(1).top())
        }
        _ => None,
    }
}
