//! The inline assembler for RISC-V, `@micropython.asm_rv32` (MicroPython: `py/emitinlinerv32.c`).
//!
//! [`table`] lists the instructions; [`Part`] is what an operand of one can be, [`Encoding`](encoding::Encoding) where its bits go.

mod encoding;
mod part;
mod table;

use alloc::format;
use alloc::vec::Vec;

use self::part::{Part, register_named};
use self::table::{Entry, INSTRUCTIONS, Needs};
use super::{Code, Form, Instruction, InstructionSet};
use crate::emit::riscv::encode::{Reg, cr};
use crate::emit::riscv::{self, major};

/// The assembler for a machine with some extensions.
#[derive(Debug)]
pub(crate) struct Rv32 {
    extensions: u32,
}

impl Rv32 {
    pub fn new(extensions: u32) -> Rv32 {
        Rv32 { extensions }
    }

    /// The instructions that there are.
    fn instructions(&self) -> impl Iterator<Item = &'static Entry> {
        INSTRUCTIONS.iter().filter(|entry| entry.needs.extension() & !self.extensions == 0)
    }

    /// Writes an instruction. `None` if there is none such.
    fn assemble(&self, instruction: &mut Instruction<'_>) -> Option<()> {
        let entry = self.instructions().find(|entry| entry.name.as_bytes() == instruction.name)?;
        let count = entry.parts.len();
        if instruction.operands.len() != count {
            // Of these MicroPython knows only the whole.
            if entry.needs == Needs::Zcmp {
                return None;
            }
            let name = instruction.spelling();
            instruction.refuse(format!("opcode '{name}': expecting {count} arguments"));
            return Some(());
        }
        let mut values = Vec::with_capacity(3);
        for (i, part) in entry.parts.iter().enumerate() {
            if part.read(instruction, i, &mut values).is_none() {
                // Where an operand does not say what is wrong with it, the instruction is.
                return instruction.error.is_some().then_some(());
            }
        }
        entry.encoding.write(instruction.code, &values)
    }
}

impl InstructionSet for Rv32 {
    fn is_argument(&self, number: usize, name: &[u8]) -> bool {
        register_named(name) == Some(Reg::A0.0 + number as u8)
    }

    fn too_many_parameters(&self) -> &'static str {
        "can only have up to 4 parameters for RV32 assembly"
    }

    fn wrong_parameter(&self) -> &'static str {
        "parameters must be registers in sequence a0 to a3"
    }

    fn enter(&mut self, _: &mut Code) {}

    fn write(&mut self, instruction: &mut Instruction<'_>) {
        if self.assemble(instruction).is_none() {
            instruction.refuse(format!("invalid RV32 instruction '{}'", instruction.spelling()));
        }
    }

    fn exit(&mut self, code: &mut Code) {
        riscv::write_short(code, cr(major::C2, 8, Reg::RA, Reg::ZERO));
    }

    fn forms(&self) -> Vec<Form> {
        let form = |entry: &Entry| {
            let operands = entry.parts.iter().map(Part::operand).collect();
            Form { name: entry.name.into(), operands }
        };
        self.instructions().map(form).collect()
    }
}
