//! The interpreter's instructions: a handler for each opcode.
//!
//! A handler gets the registers, does its work, and ends in a call of the next instruction's handler through the
//! interpreter's `Dispatch`. All have one signature and keep nothing in memory across that call, so that an optimising
//! build turns it into a jump and the registers stay where they are. The language does not promise that: where the
//! build script does not expect it, and with the feature `plain-loop`, the same handlers run from a loop instead
//! (`PLAIN`), with the registers kept in the frame between instructions.
//!
//! What may fail or is seldom wanted is in functions of its own that take and return words, since a handler whose local
//! variables have addresses would keep its stack frame. A handler that calls any function has to save registers first,
//! whichever way it takes then. So the handlers of frequent instructions call nothing: they do what is mostly wanted,
//! or end in another handler that does the rest.

pub(crate) mod binary;
pub(crate) mod build;
mod call;
pub(in crate::interpret) mod exception;
pub(crate) mod iterate;
mod jump;
mod local;
pub(crate) mod name;
mod unary;

use berus_mpy::opcode::Op;

pub(crate) use crate::interpret::op::call::{Passed, call_at, is_delegating, push_simple};
#[cfg(berus_tier)]
pub(in crate::interpret) use crate::interpret::op::call::{
    call_any_function, call_any_method, call_failed, call_starred, end_generator, enter_simple, suspend, yield_further,
};
pub(crate) use crate::interpret::op::exception::{handle, leaves_with};
pub(crate) use crate::interpret::op::iterate::loop_body;
#[cfg(berus_tier)]
pub(in crate::interpret) use crate::interpret::op::jump::{plain_truth, pop_jump_if};
use crate::model::code::Code;
use crate::model::dispatch::{Exit, Handler, PLAIN, SHARED, Stop, Table};
use crate::model::error::{Raise, Raised};
use crate::model::object::Gc;
use crate::model::registers::{Fp, Ip, Running, Sp, running};
use crate::model::vm::Vm;

/// Goes on with the instruction at `ip`.
#[inline(always)]
pub(in crate::interpret) fn next(vm: &Vm, code: Gc<Code>, mut ip: Ip, sp: Sp, fp: Fp) -> Exit {
    if PLAIN {
        let frame = vm.frame();
        frame.ip.set(ip.0);
        frame.sp.set(sp.0);
        return Exit::Next;
    }
    let op = ip.byte();
    vm.dispatch.handler(op)(vm, running(code), ip, sp, fp)
}

/// Goes on with the frame on top, where it was left.
#[inline(always)]
fn resume(vm: &Vm) -> Exit {
    if PLAIN {
        return Exit::Next;
    }
    let frame = vm.frame();
    let Some(code) = frame.code.get() else { return Exit::Returned };
    next(vm, code, Ip(frame.ip.get()), Sp(frame.sp.get()), Fp(frame.locals.get()))
}

/// Runs the next instruction of the top frame, and, where handlers call each other, the instructions that follow.
#[inline(always)]
pub(crate) fn start(vm: &Vm) -> Exit {
    let frame = vm.frame();
    let Some(code) = frame.code.get() else { return Exit::Returned };
    let mut ip = Ip(frame.ip.get());
    let op = ip.byte();
    table(vm)[place(op)](vm, running(code), ip, Sp(frame.sp.get()), Fp(frame.locals.get()))
}

/// Where in a table the handler of instructions that begin with `byte` is.
#[inline(always)]
const fn place(byte: u8) -> usize {
    /// For each byte the opcode's place in [`Op::ALL`], counted from 1, and 0 where it is no opcode.
    static PLACES: [u8; 256] = {
        let mut places = [0; 256];
        let mut op = 0;
        while op < Op::ALL.len() {
            let mut member = Op::ALL[op].group_size() as usize;
            while member > 0 {
                member -= 1;
                places[Op::ALL[op] as usize + member] = op as u8 + 1;
            }
            op += 1;
        }
        places
    };
    if SHARED { PLACES[byte as usize] as usize } else { byte as usize }
}

/// The handlers of the instructions that the interpreter starts with.
#[inline(always)]
fn table(vm: &Vm) -> &'static Table {
    #[cfg(berus_tier)]
    if !vm.dispatch.stops() {
        return vm.dispatch.table();
    }
    let _ = vm;
    &TABLE
}

/// Leaves the instruction before `ip`, in which an exception was raised.
#[cold]
#[inline(never)]
pub(in crate::interpret) fn raised(vm: &Vm, ip: Ip, raised: Raised) -> Exit {
    let _ = raised;
    vm.frame().ip.set(ip.0);
    Exit::Raised
}

/// The value of a result; an error leaves the handler.
macro_rules! tri {
    ($vm:ident, $ip:ident, $result:expr) => {
        match $result {
            Ok(value) => value,
            Err(error) => return $crate::interpret::op::raised($vm, $ip, error),
        }
    };
}

/// A handler whose body changes the registers and goes on with the next instruction.
macro_rules! op {
    ($(#[$meta:meta])* $name:ident $([$($generic:tt)*])? ($vm:ident, $code:ident, $ip:ident, $sp:ident, $fp:ident) $body:block) => {
        $crate::interpret::op::leaving_op! {
            $(#[$meta])*
            $name $([$($generic)*])? ($vm, $code, $ip, $sp, $fp) {
                $body
                $crate::interpret::op::next($vm, $code, $ip, $sp, $fp)
            }
        }
    };
}

/// A handler whose body itself calls the next handler, or returns an `Exit`.
macro_rules! leaving_op {
    ($(#[$meta:meta])* $name:ident $([$($generic:tt)*])? ($vm:ident, $code:ident, $ip:ident, $sp:ident, $fp:ident) $body:block) => {
        $(#[$meta])*
        #[allow(unused_mut, unused_variables)]
        pub(crate) fn $name $(<$($generic)*>)? (
            $vm: &$crate::model::vm::Vm, $code: $crate::model::registers::Running, mut $ip: $crate::model::registers::Ip,
            mut $sp: $crate::model::registers::Sp, $fp: $crate::model::registers::Fp,
        ) -> $crate::model::dispatch::Exit {
            let $code = $crate::model::registers::code_of($vm, $code);
            $body
        }
    };
}

pub(in crate::interpret) use leaving_op;
use op;
pub(in crate::interpret) use tri;

op! {
    /// The handler of bytes that are no opcodes: verified code has none of them.
    unknown(vm, code, ip, sp, fp) {
        tri!(vm, ip, Err(vm.not_implemented(format_args!("opcode"))));
    }
}

macro_rules! table {
    ($($op:ident => $handler:path,)*) => {{
        let mut table: [Handler; 256] = [unknown; 256];
        $(table[Op::$op as usize] = $handler;)*
        table
    }};
}

macro_rules! fill_group {
    ($table:ident, $op:ident, $module:ident :: $handler:ident, $($n:literal)*) => {
        $($table[Op::$op as usize + $n] = $module::$handler::<{ if cfg!(feature = "small") { READ } else { $n } }>;)*
    };
}

/// In place of the number of an opcode in its group: that the handler is for all of the group, and reads which it is.
const READ: usize = usize::MAX;

/// Which of the opcodes from `first` is just before `ip`. That is `N` in a handler for one of them.
#[inline(always)]
fn member<const N: usize>(first: Op, ip: Ip) -> usize {
    if N == READ { usize::from(ip.plus(-1).peek().wrapping_sub(first as u8)) } else { N }
}

/// Stops before the instruction whose opcode is just before `ip`.
fn stop(vm: &Vm, _: Running, ip: Ip, sp: Sp, _: Fp) -> Exit {
    let frame = vm.frame();
    frame.ip.set(ip.plus(-1).0);
    frame.sp.set(sp.0);
    Exit::Next
}

/// Stops before every instruction.
#[cfg(not(berus_few_registers))]
pub(crate) const STOP: Stop = stop;

/// Stops before every instruction.
#[cfg(berus_few_registers)]
pub(crate) const STOP: Stop = &[stop; 256];

/// The handlers of the interpreter.
pub(crate) static TABLE: Table = {
    let mut table = [unknown as Handler; size_of::<Table>() / size_of::<Handler>()];
    let mut byte = 0;
    while byte < BY_BYTE.len() {
        table[place(byte as u8)] = BY_BYTE[byte];
        byte += 1;
    }
    table
};

/// The handlers by the byte that an instruction begins with.
const BY_BYTE: [Handler; 256] = {
    let mut table = table! {
        LoadConstString => local::load_const_string,
        LoadName => name::load_name,
        LoadGlobal => name::load_global,
        LoadAttr => name::load_attr,
        LoadMethod => name::load_method,
        LoadSuperMethod => name::load_super_method,
        StoreName => name::store_name,
        StoreGlobal => name::store_global,
        StoreAttr => name::store_attr,
        DeleteName => name::delete_name,
        DeleteGlobal => name::delete_global,
        ImportName => name::import_name,
        ImportFrom => name::import_from,
        ImportStar => name::import_star,
        MakeClosure => build::make_closure,
        MakeClosureDefargs => build::make_closure_defargs,
        MakeFunction => build::make_function,
        MakeFunctionDefargs => build::make_function_defargs,
        LoadConstSmallInt => local::load_const_small_int,
        LoadConstObj => local::load_const_obj,
        LoadFastN => local::load_fast_n,
        LoadDeref => local::load_deref,
        StoreFastN => local::store_fast_n,
        StoreDeref => local::store_deref,
        DeleteFast => local::delete_fast,
        DeleteDeref => local::delete_deref,
        BuildTuple => build::build_tuple,
        BuildList => build::build_list,
        BuildMap => build::build_map,
        BuildSet => build::build_set,
        BuildSlice => build::build_slice,
        StoreComp => build::store_comp,
        StoreMap => build::store_map,
        UnpackSequence => build::unpack_sequence,
        UnpackEx => build::unpack_ex,
        CallFunction => call::call_function,
        CallFunctionVarKw => call::call_function_var_kw,
        CallMethod => call::call_method,
        CallMethodVarKw => call::call_method_var_kw,
        ReturnValue => call::return_value,
        YieldValue => call::yield_value,
        YieldFrom => call::yield_from,
        UnwindJump => exception::unwind_jump,
        Jump => jump::jump,
        PopJumpIfTrue => jump::pop_jump_if::<true>,
        PopJumpIfFalse => jump::pop_jump_if::<false>,
        JumpIfTrueOrPop => jump::jump_if_or_pop::<true>,
        JumpIfFalseOrPop => jump::jump_if_or_pop::<false>,
        SetupWith => exception::setup_with,
        SetupExcept => exception::setup_except,
        SetupFinally => exception::setup_finally,
        PopExceptJump => exception::pop_except_jump,
        WithCleanup => exception::with_cleanup,
        EndFinally => exception::end_finally,
        RaiseLast => exception::raise_last,
        RaiseObj => exception::raise_obj,
        RaiseFrom => exception::raise_from,
        ForIter => iterate::for_iter,
        GetIter => iterate::get_iter,
        GetIterStack => iterate::get_iter_stack,
        LoadConstFalse => local::load_const_false,
        LoadConstNone => local::load_const_none,
        LoadConstTrue => local::load_const_true,
        LoadNull => local::load_null,
        LoadBuildClass => name::load_build_class,
        LoadSubscr => name::load_subscr,
        StoreSubscr => name::store_subscr,
        DupTop => local::dup_top,
        DupTopTwo => local::dup_top_two,
        PopTop => local::pop_top,
        RotTwo => local::rot_two,
        RotThree => local::rot_three,
    };
    fill_group!(table, LoadFastMulti, local::load_fast, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    fill_group!(table, StoreFastMulti, local::store_fast, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    fill_group!(table, LoadConstSmallIntMulti, local::load_small_int, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
        16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47
        48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63);
    fill_group!(table, UnaryOpMulti, unary::unary, 0 1 2 3);
    binary::fill(&mut table);
    table
};
