//! The inline assembler for Xtensa, `@micropython.asm_xtensa` (MicroPython: `py/emitinlinextensa.c`).
//!
//! [`table`] lists the instructions; [`Part`] is what an operand of one can be and where its bits go.

mod part;
mod table;

use alloc::format;
use alloc::vec::Vec;

use self::part::Part;
use self::table::{Entry, INSTRUCTIONS, Operation};
use super::{Code, Form, Instruction, InstructionSet};
use crate::emit::Label;
use crate::emit::xtensa::branch::{self, out_of_range, place};
use crate::emit::xtensa::encode::{self, Reg};
use crate::emit::xtensa::frame::Frame;
use crate::emit::xtensa::pool::{Pool, l32r};
use crate::error::{CompileError, ErrorKind};

/// The assembler for functions with a convention of calls.
#[derive(Debug, Default)]
pub(crate) struct Xtensa<F> {
    pool: Pool,
    /// The bytes of the frame.
    frame: u32,
    convention: core::marker::PhantomData<F>,
}

impl<F> Xtensa<F> {
    /// Writes an instruction whose operands have these values.
    ///
    /// # Errors
    /// If a label is too far, or not where it must be.
    fn assemble(&mut self, code: &mut Code, entry: &Entry, values: [u32; 3]) -> Result<(), CompileError> {
        let register = |i: usize| Reg(values[i] as u8);
        let label = |i: usize| Label(values[i]);
        match entry.operation {
            Operation::Plain { bytes, code: opcode } => {
                let operands = entry.parts.iter().zip(values).map(|(part, value)| part.place(value));
                code.write_number(bytes, operands.fold(opcode, |bits, operand| bits | operand).into());
            }
            Operation::Jump => branch::jump(code, label(0)),
            Operation::BranchZero(condition) => branch::branch_zero(code, condition, register(0), label(1))?,
            Operation::Branch(condition) => branch::branch(code, condition, register(0), register(1), label(2))?,
            Operation::BranchBit { is_set } => return branch_bit(code, is_set, register(0), values[1], label(2)),
            Operation::Call => return call(code, label(0)),
            Operation::LoadNumber => self.pool.load(code, register(0), values[1]),
            Operation::LoadLabel => return load(code, register(0), label(1)),
        }
        Ok(())
    }
}

/// Jumps if a bit of a register is set, or if it is not.
fn branch_bit(code: &mut Code, is_set: bool, register: Reg, bit: u32, label: Label) -> Result<(), CompileError> {
    let distance = place(code, label).wrapping_sub(code.position()).wrapping_sub(4) as i32;
    if code.is_last() && !branch::fits(distance, 8) {
        return Err(out_of_range("bit_branch"));
    }
    let condition = if is_set { 14 } else { 6 } | bit >> 4;
    encode::write(code, encode::rri8(7, condition, register, Reg(bit as u8 & 15), distance));
    Ok(())
}

/// Calls what is at a label.
fn call(code: &mut Code, label: Label) -> Result<(), CompileError> {
    let to = place(code, label);
    let distance = to.wrapping_sub(code.position()).wrapping_sub(3) as i32;
    if code.is_last() {
        want_aligned("call0", to, distance)?;
        if !branch::fits(distance, 18) {
            return Err(out_of_range("call0"));
        }
    }
    encode::write(code, encode::call(5, distance));
    Ok(())
}

/// Loads the word at a label, which is before the instruction.
fn load(code: &mut Code, dest: Reg, label: Label) -> Result<(), CompileError> {
    let from = place(code, label);
    let distance = from.wrapping_sub(code.position()) as i32;
    if code.is_last() {
        want_aligned("l32r", from, distance)?;
        if distance >= 0 || !branch::fits(distance, 18) {
            return Err(out_of_range("l32r"));
        }
    }
    encode::write(code, l32r(code.position(), dest, from));
    Ok(())
}

/// Checks that a place, and the distance to it, are a whole number of words.
fn want_aligned(name: &str, place: u32, distance: i32) -> Result<(), CompileError> {
    for (what, value) in [("target", place), ("location", distance as u32)] {
        if value & 3 != 0 {
            return Err(CompileError::new(ErrorKind::Runtime, format!("ERROR: {name} {what} not word-aligned")));
        }
    }
    Ok(())
}

impl<F: Frame> InstructionSet for Xtensa<F> {
    /// One for the number of constants, which have room before the code, and one for the labels behind them.
    fn size_walks(&self) -> u32 {
        2
    }

    fn is_argument(&self, number: usize, name: &[u8]) -> bool {
        matches!(name, [b'a', digit] if usize::from(digit.wrapping_sub(b'2')) == number)
    }

    fn too_many_parameters(&self) -> &'static str {
        "can only have up to 4 parameters to Xtensa assembly"
    }

    fn wrong_parameter(&self) -> &'static str {
        "parameters must be registers in sequence a2 to a5"
    }

    fn enter(&mut self, code: &mut Code) {
        self.pool.enter(code);
        self.frame = F::enter(code, 0);
    }

    fn write(&mut self, instruction: &mut Instruction<'_>) {
        let (name, count) = (instruction.name, instruction.operands.len());
        let entry = INSTRUCTIONS.iter().find(|entry| entry.name.as_bytes() == name && entry.parts.len() == count);
        let Some(entry) = entry else {
            let name = instruction.spelling();
            instruction.refuse(format!("unsupported Xtensa instruction '{name}' with {count} arguments"));
            return;
        };
        let mut values = [0; 3];
        // Of two errors the later counts, and offsets are looked at first.
        for is_offset in [true, false] {
            for (i, part) in entry.parts.iter().enumerate().filter(|(_, part)| part.is_offset() == is_offset) {
                values[i] = part.value(instruction, instruction.operands[i]);
            }
        }
        if let Err(error) = self.assemble(instruction.code, entry, values) {
            instruction.error = Some(error);
        }
    }

    fn exit(&mut self, code: &mut Code) {
        F::exit(code, self.frame);
        self.pool.finish(code);
    }

    fn forms(&self) -> Vec<Form> {
        let form = |entry: &Entry| {
            let operands = entry.parts.iter().map(Part::operand).collect();
            Form { name: entry.name.into(), operands }
        };
        INSTRUCTIONS.iter().map(form).collect()
    }
}
