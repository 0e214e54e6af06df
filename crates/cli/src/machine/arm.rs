//! Arm (A32) and Thumb (T32).

use exarmo_aarch32::{GpReg, Instruction, ItState, Mem, Mnemonic, Offset, Operand, Reg, Writeback, a32, t32};

use super::{Access, Decoded, Decoder};

// MicroPython: `py/asmarm.h` and `py/asmthumb.h` agree.
const FUNCTION_TABLE: Reg = Reg::Core(GpReg::new(7));
const QSTR_TABLE: Reg = Reg::Core(GpReg::new(6));

/// A decoder of A32 instructions.
pub struct A32;

/// A decoder of T32 instructions.
#[derive(Default)]
pub struct Thumb {
    /// Which of the next instructions an `it` makes conditional.
    conditions: ItState,
}

impl Decoder for A32 {
    fn unit(&self) -> usize {
        4
    }

    fn decode(&mut self, bytes: &[u8], offset: usize) -> Option<Decoded> {
        let instruction = a32::decode_bytes(bytes).ok()?;
        // The program counter reads as two instructions further on.
        Some(describe(&instruction, offset, offset as i64 + 8))
    }
}

impl Decoder for Thumb {
    fn unit(&self) -> usize {
        2
    }

    fn decode(&mut self, bytes: &[u8], offset: usize) -> Option<Decoded> {
        let decoded = t32::decode_bytes(bytes, self.conditions);
        self.conditions = decoded.as_ref().map_or(ItState::Outside, |instruction| self.conditions.after(instruction));
        // The program counter reads as two small instructions further on, at the start of a word.
        decoded.ok().map(|instruction| describe(&instruction, offset, (offset as i64 + 4) & !3))
    }
}

fn describe(instruction: &Instruction, offset: usize, pc: i64) -> Decoded {
    let text = instruction.at(offset as u64).to_string();
    let (mnemonic, operands) = text.split_once('\t').unwrap_or((&text, ""));
    Decoded {
        len: instruction.encoding().length().into(),
        mnemonic: mnemonic.to_owned(),
        operands: operands.to_owned(),
        access: access(instruction, pc),
    }
}

fn access(instruction: &Instruction, pc: i64) -> Access {
    let operands = instruction.operands();
    let [Operand::Cond(_), Operand::Reg(to), from] = operands.as_slice() else { return Access::None };
    let (base, distance) = match from {
        Operand::Label { offset, .. } if instruction.mnemonic() == Mnemonic::Ldr => {
            return Access::Literal(pc + offset);
        }
        Operand::Mem(Mem { base, offset: Offset::None, writeback: Writeback::None, .. }) => (*base, 0),
        Operand::Mem(Mem { base, offset: Offset::Imm { value, .. }, writeback: Writeback::None, .. }) => {
            (*base, *value)
        }
        _ => return Access::None,
    };
    // The function's entry sets the two registers up step by step.
    if [FUNCTION_TABLE, QSTR_TABLE].contains(&to.reg) {
        return Access::None;
    }
    match (base, instruction.mnemonic()) {
        (FUNCTION_TABLE, Mnemonic::Ldr) => Access::FunctionTable(distance),
        (QSTR_TABLE, Mnemonic::Ldrh) => Access::QstrTable(distance),
        _ => Access::None,
    }
}
