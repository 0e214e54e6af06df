//! Modules of CircuitPython as modules of MicroPython.
//!
//! Both have the same bytecode, but coroutines of CircuitPython have a flag that says that they are such, and `await x` is a call of
//! `x.__await__()` there, where MicroPython iterates over `x` (CircuitPython 9.2: `py/runtime0.h`, `py/compile.c`).

use alloc::vec::Vec;

use crate::bytecode::{Instruction, instructions};
use crate::header::Flavour;
use crate::module::{Kind, Module, Qstr};
use crate::opcode::Op;
use crate::prelude::{Prelude, scope_flag};

/// Makes a module of CircuitPython what MicroPython's compiler would have made of its source, but for jumps of no distance where calls of
/// `__await__` have been. Code that cannot be read stays as it is.
pub fn to_micropython(module: &mut Module<'_>) {
    module.header.flavour = Flavour::MicroPython;
    let awaited = module.qstrs.iter().position(|name: &Qstr<'_>| name.as_bytes() == b"__await__");
    for code in module.codes.iter_mut().filter(|code| code.kind == Kind::Bytecode) {
        let Ok(prelude) = Prelude::read(&code.code, 0) else { continue };
        let mut signature = prelude.signature;
        let mut bytes = Vec::new();
        signature.scope_flags &= !scope_flag::ASYNC;
        signature.write(&mut bytes);
        let start = prelude.end() - prelude.signature_at.end + bytes.len();
        bytes.extend_from_slice(code.code.get(prelude.signature_at.end..).unwrap_or_default());
        if let Some(name) = awaited {
            iterate(bytes.get_mut(start..).unwrap_or_default(), name as u32);
        }
        code.code = bytes.into();
    }
}

/// Puts GET_ITER, which replaces an object by its iterator, where `__await__`, number `name`, is called of the object.
fn iterate(code: &mut [u8], name: u32) {
    let list: Vec<Instruction> = instructions(code).map_while(Result::ok).collect();
    for group in list.windows(4) {
        let [load, call, none, from] = group else { continue };
        let ops = [load.op, call.op, none.op, from.op];
        let is_await = ops == [Op::LoadMethod, Op::CallMethod, Op::LoadConstNone, Op::YieldFrom];
        let Some(room) = code.get_mut(load.offset..call.end()) else { continue };
        if is_await && load.index() == name && call.index() == 0 {
            let Some((first, rest)) = room.split_first_mut() else { continue };
            *first = Op::GetIter as u8;
            fill(rest);
        }
    }
}

/// Fills two bytes or more with jumps to what follows.
fn fill(room: &mut [u8]) {
    let (long, short) = room.split_at_mut(if room.len().is_multiple_of(2) { 0 } else { 3.min(room.len()) });
    long.copy_from_slice(&[Op::Jump as u8, 0x80, 0x80][..long.len()]);
    short.chunks_exact_mut(2).for_each(|jump| jump.copy_from_slice(&[Op::Jump as u8, 0x40]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn await_iterates() {
        // LOAD_METHOD 3, CALL_METHOD 0, LOAD_CONST_NONE, YIELD_FROM; the name then takes two bytes, and then the call has an argument
        let mut code = [0x14, 3, 0x36, 0, 0x51, 0x68];
        iterate(&mut code, 3);
        assert_eq!(code, [0x5e, 0x42, 0x80, 0x80, 0x51, 0x68]);
        let mut code = [0x14, 0x81, 3, 0x36, 0, 0x51, 0x68];
        iterate(&mut code, 131);
        assert_eq!(code, [0x5e, 0x42, 0x40, 0x42, 0x40, 0x51, 0x68]);
        let other = [0x14, 3, 0x36, 1, 0x51, 0x68];
        let mut code = other;
        iterate(&mut code, 3);
        assert_eq!(code, other);
    }
}
