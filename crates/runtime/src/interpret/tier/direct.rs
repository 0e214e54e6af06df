//! Instructions that machine code has done by a function.
//!
//! Machine code for which an instruction's types are too many, or too seldom, to have code of its own for them, calls the
//! function that [`function_of`] names. All of the frame is in memory then. What the function does is what the handler
//! does, of which these functions share all that is not the moving of operands.

use berus_mpy::opcode::{BinaryOp, ITER_SLOTS, Op};

use super::{EXITS, JUMPED, RESUME, WENT_ON, stop_at};
use crate::interpret::op;
use crate::interpret::op::{binary, build, exception, iterate, name};
use crate::model::error::{Raised, Res};
use crate::model::frame::BlockKind;
use crate::model::layout::{List, Tuple};
use crate::model::protocols::Iterate;
use crate::model::registers::{Fp, Ip, Sp};
use crate::model::types::UnaryOp;
use crate::model::vm::Vm;
use crate::model::word::Slot;
use crate::obj::set::Set;
use crate::ops::arithmetic::{Arithmetic, floats};
use crate::ops::subscr::Subscripts;
use crate::ops::truth::Truth;

/// Does an instruction whose opcode is before the first address, and whose operands end at the second: the frame's on
/// top. Answers [`WENT_ON`] or [`JUMPED`] if machine code goes on behind the instruction or where that jumps to; else
/// machine code ends with the answer.
type Direct = unsafe extern "C" fn(&Vm, *const u8, *mut Slot) -> usize;

/// The address of the function that does instructions with an opcode: it takes the interpreter, the address behind the
/// opcode, and the end of the operands, and answers [`WENT_ON`] or [`JUMPED`] if machine code goes on behind the
/// instruction or where that jumps to; else machine code ends with the answer. `None` if there is a handler only.
pub fn function_of(op: Op) -> Option<usize> {
    let function: Direct = match op {
        Op::BinaryOpMulti => binary_op,
        Op::UnaryOpMulti => unary_op,
        Op::LoadName => load_name,
        Op::StoreName => store_name,
        Op::LoadGlobal => load_global,
        Op::StoreGlobal => store_global,
        Op::LoadAttr => load_attr,
        Op::StoreAttr => store_attr,
        Op::LoadMethod => load_method,
        Op::LoadSuperMethod => load_super_method,
        Op::LoadSubscr => load_subscr,
        Op::StoreSubscr => store_subscr,
        Op::BuildTuple => build_tuple,
        Op::BuildList => build_list,
        Op::BuildMap => build_map,
        Op::BuildSet => build_set,
        Op::BuildSlice => build_slice,
        Op::StoreMap => store_map,
        Op::StoreComp => store_comp,
        Op::UnpackSequence => unpack_sequence,
        Op::UnpackEx => unpack_ex,
        Op::MakeFunction => make_function,
        Op::MakeFunctionDefargs => make_function_defargs,
        Op::MakeClosure => make_closure,
        Op::MakeClosureDefargs => make_closure_defargs,
        Op::GetIter => get_iter,
        Op::GetIterStack => get_iter_stack,
        Op::PopJumpIfTrue | Op::JumpIfTrueOrPop => jump_if::<true>,
        Op::PopJumpIfFalse | Op::JumpIfFalseOrPop => jump_if::<false>,
        Op::SetupExcept => setup_except,
        Op::SetupFinally => setup_finally,
        Op::PopExceptJump => pop_except_jump,
        Op::CallFunctionVarKw => call_var_kw::<1>,
        Op::CallMethodVarKw => call_var_kw::<2>,
        _ => return None,
    };
    Some((function as *const ()).expose_provenance())
}

/// As [`function_of`], of the function that does a `BUILD_SLICE` and the instruction behind that, which loads or stores
/// the items.
pub fn slice_function(loads: bool) -> usize {
    let function: Direct = if loads { sliced::<true> } else { sliced::<false> };
    (function as *const ()).expose_provenance()
}

/// Whether the operation answers a bool, whatever the operands.
pub fn answers_bool(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::In | BinaryOp::Is | BinaryOp::ExceptionMatch)
}

/// How machine code goes on behind an instruction that has been done, before `after` with the operands that end at `sp`.
#[inline(always)]
pub(super) fn went(vm: &Vm, after: Ip, sp: Sp, how: usize) -> usize {
    if !vm.dispatch.stops() {
        return how;
    }
    stop_at(vm, after, sp);
    RESUME
}

/// How machine code goes on behind an instruction that has raised an exception, whose opcode is before `start`.
#[cold]
pub(super) fn failed(vm: &Vm, start: Ip, raised: Raised) -> usize {
    EXITS + op::raised(vm, start, raised) as usize
}

/// Functions whose body moves the instruction pointer behind the instruction, and the stack pointer to where operands end
/// then.
macro_rules! direct {
    ($($name:ident($vm:ident, $code:ident, $ip:ident, $sp:ident) $body:block)*) => {$(
        #[allow(unused_variables, unused_mut)]
        unsafe extern "C" fn $name($vm: &Vm, ip: *const u8, sp: *mut Slot) -> usize {
            let start = Ip(ip);
            let (mut $ip, mut $sp) = (start, Sp(sp));
            let Some($code) = $vm.frame().code.get() else { return RESUME };
            // By `?` the body leaves the closure only.
            #[allow(clippy::redundant_closure_call)]
            let outcome: Res<()> = (|| {
                $body
                Ok(())
            })();
            match outcome {
                Ok(()) => went($vm, $ip, $sp, WENT_ON),
                Err(raised) => failed($vm, start, raised),
            }
        }
    )*};
}

direct! {
    binary_op(vm, code, ip, sp) {
        let base = sp.down(2);
        let (op, left, right) = (binary::operator(ip), base.at(0), base.at(1));
        let value = if !left.is_pointer() || floats(left, right).is_some() {
            vm.binary_op(op, left, right)?
        } else {
            binary::objects(vm, op, left, right)?
        };
        base.set_slot(0, Some(value));
        sp = base.up(1);
    }

    unary_op(vm, code, ip, sp) {
        let number = ip.plus(-1).peek().wrapping_sub(Op::UnaryOpMulti as u8);
        let op = [UnaryOp::Positive, UnaryOp::Negative, UnaryOp::Invert, UnaryOp::Not][usize::from(number & 3)];
        sp.set_top(vm.unary_op(op, sp.top())?);
    }

    load_name(vm, code, ip, sp) {
        let at = ip;
        sp.push(name::load_named(vm, code, at, code.qstr(ip.uint()))?);
    }

    store_name(vm, code, ip, sp) {
        vm.locals().store(vm, code.qstr(ip.uint()), sp.pop())?;
    }

    load_global(vm, code, ip, sp) {
        let at = ip;
        let name = code.qstr(ip.uint());
        sp.push(match name::hinted(vm, &code.context.globals().map, at, name) {
            Some(value) => value,
            None => name::global(vm, code, at, name)?,
        });
    }

    store_global(vm, code, ip, sp) {
        let at = ip;
        let name = code.qstr(ip.uint());
        match name::hinted_entry(vm, &code.context.globals().map, at, name) {
            Some(entry) => entry.value.set(sp.pop_slot()),
            None => name::store_in_globals(vm, code, at, name, sp.pop())?,
        }
    }

    load_attr(vm, code, ip, sp) {
        let at = ip;
        sp.set_top(name::attribute(vm, sp.top(), at, code.qstr(ip.uint()))?);
    }

    store_attr(vm, code, ip, sp) {
        let at = ip;
        sp.drop(2);
        name::store_attribute(vm, sp.at(1), sp.slot(0), at, code.qstr(ip.uint()))?;
    }

    load_method(vm, code, ip, sp) {
        let base = sp.down(1);
        name::method(vm, base, code.qstr(ip.uint()))?;
        sp = base.up(2);
    }

    load_super_method(vm, code, ip, sp) {
        sp.drop(3);
        name::super_method(vm, sp, code.qstr(ip.uint()))?;
        sp = sp.up(2);
    }

    load_subscr(vm, code, ip, sp) {
        let base = sp.down(2);
        base.set_slot(0, Some(vm.load_subscr(base.at(0), base.at(1))?));
        sp = base.up(1);
    }

    store_subscr(vm, code, ip, sp) {
        sp.drop(3);
        name::store_item(vm, sp)?;
    }

    build_tuple(vm, code, ip, sp) {
        let n = ip.uint();
        sp.drop(n);
        let pair = if n == 2 { Tuple::pair_at_once(vm, sp.at(0), sp.at(1)) } else { None };
        let tuple = match pair {
            Some(pair) => pair,
            None => Tuple::new(vm, sp.values(n))?,
        };
        sp.push(tuple.obj());
    }

    build_list(vm, code, ip, sp) {
        let n = ip.uint();
        sp.drop(n);
        sp.push(List::new(vm, sp.values(n))?.obj());
    }

    build_map(vm, code, ip, sp) {
        sp.push(build::new_dict(vm, ip.uint())?);
    }

    build_set(vm, code, ip, sp) {
        let n = ip.uint();
        sp.drop(n);
        sp.push(Set::new(vm, sp.values(n))?.obj());
    }

    build_slice(vm, code, ip, sp) {
        let n = ip.uint();
        sp.drop(n);
        sp.push(build::make_slice(vm, sp, n)?);
    }

    store_map(vm, code, ip, sp) {
        let base = sp.down(3);
        build::store_in_dict(vm, base.at(0), base.at(2), base.at(1))?;
        sp.drop(2);
    }

    store_comp(vm, code, ip, sp) {
        let operand = ip.uint();
        let collection = sp.down(1 + (operand >> 2)).at(0);
        match operand & 3 {
            0 => build::append(vm, collection, sp.top())?,
            1 => {
                let base = sp.down(2);
                build::store_in_dict(vm, collection, base.at(1), base.at(0))?;
                sp.drop(1);
            }
            _ => build::add(vm, collection, sp.top())?,
        }
        sp.drop(1);
    }

    unpack_sequence(vm, code, ip, sp) {
        let n = ip.uint();
        let base = sp.down(1);
        build::unpack_sequence_at(vm, base, n)?;
        sp = base.up(n);
    }

    unpack_ex(vm, code, ip, sp) {
        let operand = ip.uint();
        let (left, right) = (operand & 0xff, operand >> 8);
        let base = sp.down(1);
        build::unpack_starred(vm, base, left, right)?;
        sp = base.up(left + right + 1);
    }

    make_function(vm, code, ip, sp) {
        sp.push(build::make(vm, code, ip.uint(), None, None, &[])?);
    }

    make_function_defargs(vm, code, ip, sp) {
        let child = ip.uint();
        sp.drop(2);
        sp.push(build::make(vm, code, child, sp.slot(0), sp.slot(1), &[])?);
    }

    make_closure(vm, code, ip, sp) {
        let child = ip.uint();
        let n = usize::from(ip.byte());
        sp.drop(n);
        sp.push(build::make(vm, code, child, None, None, sp.values(n))?);
    }

    make_closure_defargs(vm, code, ip, sp) {
        let child = ip.uint();
        let n = usize::from(ip.byte());
        sp.drop(n + 2);
        sp.push(build::make(vm, code, child, sp.slot(0), sp.slot(1), sp.up(2).values(n))?);
    }

    get_iter(vm, code, ip, sp) {
        sp.set_top(vm.iter(sp.top())?);
    }

    get_iter_stack(vm, code, ip, sp) {
        let base = sp.down(1);
        iterate::begin(vm, base.at(0), base)?;
        sp = base.up(ITER_SLOTS as usize);
    }

    setup_except(vm, code, ip, sp) {
        let by = ip.forward();
        exception::open(vm, code, ip, by, sp, Fp(vm.frame().locals.get()), BlockKind::Except);
    }

    setup_finally(vm, code, ip, sp) {
        let by = ip.forward();
        exception::open(vm, code, ip, by, sp, Fp(vm.frame().locals.get()), BlockKind::Finally);
    }

    pop_except_jump(vm, code, ip, sp) {
        let by = ip.forward();
        vm.frame().pop_block();
        ip = ip.plus(by);
    }
}

/// A jump if the operand on top is `TRUTH`: a forward one, since a backward one would look at events.
unsafe extern "C" fn jump_if<const TRUTH: bool>(vm: &Vm, ip: *const u8, sp: *mut Slot) -> usize {
    let (start, sp) = (Ip(ip), Sp(sp));
    let mut behind = start;
    let op = start.plus(-1).peek();
    let stays = op == Op::JumpIfTrueOrPop as u8 || op == Op::JumpIfFalseOrPop as u8;
    let by = if stays { behind.forward() } else { behind.jump() };
    match vm.truth(sp.top()) {
        Ok(truth) if truth == TRUTH => went(vm, behind.plus(by), if stays { sp } else { sp.down(1) }, JUMPED),
        Ok(_) => went(vm, behind, sp.down(1), WENT_ON),
        Err(raised) => failed(vm, start, raised),
    }
}

/// Takes the items that a slice of the operands names, or stores them.
unsafe extern "C" fn sliced<const LOADS: bool>(vm: &Vm, ip: *const u8, sp: *mut Slot) -> usize {
    let start = Ip(ip);
    let mut behind = start;
    let n = behind.uint();
    let base = Sp(sp).down(n);
    let object = base.down(1);
    let at_once = build::is_used_at_once(vm, behind, base);
    behind.byte();
    let outcome = if at_once {
        build::subscr_slice(vm, base, n, LOADS)
    } else {
        match build::make_slice(vm, base, n) {
            Err(raised) => return failed(vm, start, raised),
            Ok(slice) => base.set_slot(0, Some(slice)),
        }
        if LOADS {
            vm.load_subscr(object.at(0), base.at(0)).map(|items| object.set_slot(0, Some(items)))
        } else {
            name::store_item(vm, object.down(1))
        }
    };
    match outcome {
        Ok(()) => went(vm, behind, if LOADS { base } else { base.down(2) }, WENT_ON),
        Err(raised) => failed(vm, behind, raised),
    }
}

/// A call with starred arguments, of what takes `BEFORE` slots.
unsafe extern "C" fn call_var_kw<const BEFORE: usize>(vm: &Vm, ip: *const u8, sp: *mut Slot) -> usize {
    let mut behind = Ip(ip);
    let counts = behind.uint();
    let base = Sp(sp).down(BEFORE + 1 + (counts & 0xff) + 2 * (counts >> 8));
    match op::call_starred(vm, base, counts, BEFORE) {
        Ok(value) => {
            base.set_slot(0, Some(value));
            went(vm, behind, base.up(1), WENT_ON)
        }
        Err(raised) => EXITS + op::call_failed(vm, behind, base, raised) as usize,
    }
}
