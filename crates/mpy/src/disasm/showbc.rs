//! Bytecode in the form in which MicroPython prints it when it is told to be verbose (MicroPython: `py/showbc.c`).

use alloc::collections::VecDeque;
use core::fmt;

use super::operand::mnemonic;
use super::text::{Name, Str};
use crate::bytecode::{Instruction, instructions};
use crate::lines;
use crate::module::{CodeId, Kind, Module, Qstr, RawCode};
use crate::opcode::{BinaryOp, Op, Operand, UnaryOp};
use crate::prelude::Prelude;

/// The bytecode of a module, as `micropython -v -v` prints what it compiles.
///
/// Functions come in the order in which MicroPython compiles them: each after all that are nested less deep. Where
/// MicroPython prints the address of a function there is its number in the module.
///
/// ```
/// use berus_mpy::{Module, disasm::ShowBc};
///
/// let file = b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x28\x00\x02\x01\x51\x63";
/// let (module, _) = Module::from_bytes(file).unwrap();
/// assert!(ShowBc(&module).to_string().ends_with("  bc=0 line=1\n00 LOAD_CONST_NONE\n01 RETURN_VALUE\n"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ShowBc<'m>(pub &'m Module<'m>);

impl fmt::Display for ShowBc<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ids = VecDeque::from([0]);
        while let Some(id) = ids.pop_front() {
            let Some(code) = self.0.codes.get(id as usize) else { continue };
            // Children come after their parents, so this ends.
            ids.extend(code.children.iter().filter(|child| **child > id));
            if code.kind == Kind::Bytecode {
                self.function(f, id, code)?;
            }
        }
        Ok(())
    }
}

impl ShowBc<'_> {
    fn name(&self, index: u32) -> &[u8] {
        self.0.qstrs.get(index as usize).map_or(b"?", Qstr::as_bytes)
    }

    fn function(&self, f: &mut fmt::Formatter<'_>, id: CodeId, raw: &RawCode<'_>) -> fmt::Result {
        let code = &*raw.code;
        let Ok(prelude) = Prelude::read(code, 0) else { return Ok(()) };
        let (file, name) = (Name(self.name(0)), Str(self.name(prelude.name)));
        writeln!(f, "File {file}, code block {name} (descriptor: {id}, bytecode @{id} {} bytes)", code.len())?;
        let (info, bytecode) = code.split_at(prelude.end());
        write!(f, "Raw bytecode (code_info_size={}, bytecode_size={}):", info.len(), bytecode.len())?;
        for (at, byte) in code.iter().enumerate() {
            write!(f, "{} {byte:02x}", if at % 16 == 0 { "\n" } else { "" })?;
        }
        f.write_str("\narg names:")?;
        for arg in prelude.arg_names(code) {
            write!(f, " {}", Name(self.name(arg)))?;
        }
        let signature = &prelude.signature;
        write!(f, "\n(N_STATE {})\n(N_EXC_STACK {})\n", signature.n_state, signature.n_exc_stack)?;
        for cell in code.get(prelude.cells_at.clone()).unwrap_or_default() {
            writeln!(f, "(INIT_CELL {cell})")?;
        }
        let (mut offset, mut line) = (0u32, 1u32);
        writeln!(f, "  bc={offset} line={line}")?;
        for (step, _) in lines::steps(code.get(prelude.lines_at.clone()).unwrap_or_default()) {
            offset = offset.saturating_add(step.bytes);
            line = line.saturating_add(step.lines);
            writeln!(f, "  bc={offset} line={line}")?;
        }
        for instruction in instructions(bytecode) {
            match instruction {
                Ok(instruction) => self.instruction(f, raw, &instruction)?,
                Err(error) => writeln!(f, "{error}")?,
            }
        }
        Ok(())
    }

    fn instruction(&self, f: &mut fmt::Formatter<'_>, code: &RawCode<'_>, instruction: &Instruction) -> fmt::Result {
        let (op, n) = (instruction.op, instruction.index());
        write!(f, "{:02} {}", instruction.offset, mnemonic(op))?;
        match op.operand() {
            Operand::None => {}
            Operand::Implied => {
                let method = match op {
                    Op::UnaryOpMulti => UnaryOp::from_number(n as u8).map(UnaryOp::method),
                    Op::BinaryOpMulti => BinaryOp::from_number(n as u8).map(BinaryOp::method),
                    _ => None,
                };
                write!(f, " {}", instruction.arg)?;
                if let Some(method) = method {
                    write!(f, " {method}")?;
                }
            }
            Operand::Qstr if matches!(op, Op::LoadConstString | Op::ImportName | Op::ImportFrom) => {
                write!(f, " {}", Str(self.name(n)))?;
            }
            Operand::Qstr => write!(f, " {}", Name(self.name(n)))?,
            Operand::Constant => match self.0.constants.get(n as usize) {
                Some(constant) => write!(f, " {n}={constant}")?,
                None => write!(f, " {n}")?,
            },
            Operand::Child | Operand::Closure => {
                write!(f, " {}", code.children.get(n as usize).copied().unwrap_or(n))?;
            }
            Operand::Arguments => write!(f, " n={} nkw={}", n & 0xff, n >> 8 & 0xff)?,
            Operand::Jump | Operand::Forward | Operand::Unwind => match instruction.target() {
                Some(target) => write!(f, " {target}")?,
                None => f.write_str(" ?")?,
            },
            Operand::SmallInt | Operand::Local | Operand::Count | Operand::Starred | Operand::Collection => {
                write!(f, " {}", instruction.arg)?;
            }
        }
        if op.has_extra() {
            write!(f, " {}", instruction.extra)?;
        }
        f.write_str("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    #[test]
    fn operands_are_as_micropython_prints_them() {
        // def f(a): with one cell, and a line table
        let prelude = [0x11, 0x0b, 0x01, 0x02, 0x25, 0x43, 0x60, 0x00];
        let code = [
            0xb0, 0x22, 0x80, 0x64, 0xf2, 0xd3, 0x10, 0x03, 0x11, 0x03, 0x1b, 0x03, 0x23, 0x00, 0x44, 0x42, 0x40, 0x40,
            0x81, 0x32, 0x00, 0x20, 0x00, 0x01, 0x34, 0x82, 0x01, 0x24, 0x11, 0x2a, 0x02, 0x63,
        ];
        let code = [&prelude[..], &code].concat();
        let raw = |code: &[u8], children| RawCode { code: code.to_vec().into(), kind: Kind::Bytecode, children };
        let (module, _) =
            Module::from_bytes(b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x28\x00\x02\x01\x51\x63").expect("it is valid");
        let module = Module {
            qstrs: vec![Qstr::new(&b"x.py"[..]), Qstr::new(&b"f"[..]), Qstr::new(&b"a"[..]), Qstr::new(&b"it's"[..])],
            constants: vec![crate::constant::Constant::Ellipsis],
            codes: vec![raw(&code, vec![1]), raw(&[0x00, 0x02, 0x01, 0x51, 0x63], vec![])],
            ..module
        };
        let expected = "\
File x.py, code block 'f' (descriptor: 0, bytecode @0 40 bytes)
Raw bytecode (code_info_size=8, bytecode_size=32):
 11 0b 01 02 25 43 60 00 b0 22 80 64 f2 d3 10 03
 11 03 1b 03 23 00 44 42 40 40 81 32 00 20 00 01
 34 82 01 24 11 2a 02 63
arg names: a
(N_STATE 3)
(N_EXC_STACK 0)
(INIT_CELL 0)
  bc=0 line=1
  bc=5 line=2
  bc=8 line=4
  bc=8 line=7
00 LOAD_FAST 0
01 LOAD_CONST_SMALL_INT 100
04 BINARY_OP 27 __add__
05 UNARY_OP 3 
06 LOAD_CONST_STRING \"it's\"
08 LOAD_NAME \"it's\"
10 IMPORT_NAME \"it's\"
12 LOAD_CONST_OBJ 0=...
14 POP_JUMP_IF_FALSE 18
16 UNWIND_JUMP 18 129
19 MAKE_FUNCTION 1
21 MAKE_CLOSURE 1 1
24 CALL_FUNCTION n=1 nkw=1
27 LOAD_FAST_N 17
29 BUILD_TUPLE 2
31 RETURN_VALUE
File x.py, code block 'f' (descriptor: 1, bytecode @1 5 bytes)
";
        let shown = ShowBc(&module).to_string();
        assert!(shown.starts_with(expected), "{shown}");
    }
}
