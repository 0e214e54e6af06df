//! Instructions: bytecode taken apart.

use core::fmt;

use crate::opcode::{Effect, Op, Operand, SMALL_INT_MULTI_MIN};
use crate::vuint;

/// One instruction of a code object.
///
/// ```
/// use berus_mpy::bytecode::Instruction;
/// use berus_mpy::opcode::Op;
///
/// let code = [0x81, 0x44, 0x42, 0x51, 0x63]; // push 1; jump to 5 if false; push None; return
/// let jump = Instruction::decode(&code, 1).unwrap();
/// assert_eq!((jump.op, jump.target(), jump.end()), (Op::PopJumpIfFalse, Some(5), 3));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// The offset of the instruction's opcode byte, from the start of the code.
    pub offset: usize,
    /// The instruction's length in bytes.
    pub len: usize,
    /// The instruction's opcode.
    pub op: Op,
    /// The instruction's operand: an index, count or number, the value of a small integer, or how far it jumps from its
    /// own end (not counting the extra byte); 0 if it has none.
    pub arg: i64,
    /// The byte after the instruction's operand; 0 if there is none.
    pub extra: u8,
}

/// Why bytes are no instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// No opcode has this number.
    UnknownOpcode(u8),
    /// The code ends in the middle of the instruction.
    CutOff,
    /// The operand does not fit 32 bits (a small integer: 64), or is not in its shortest form.
    BadOperand,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::UnknownOpcode(byte) => write!(f, "no opcode has number {byte:#04x}"),
            DecodeError::CutOff => f.write_str("the code ends inside an instruction"),
            DecodeError::BadOperand => f.write_str("an operand is too big or not in its shortest form"),
        }
    }
}

impl core::error::Error for DecodeError {}

impl Instruction {
    /// The instruction at `offset` in `code`.
    ///
    /// # Errors
    /// [`DecodeError`] if no whole instruction is there.
    #[inline]
    pub fn decode(code: &[u8], offset: usize) -> Result<Instruction, DecodeError> {
        let byte = *code.get(offset).ok_or(DecodeError::CutOff)?;
        let Lead { op, form, flip, base } =
            if cfg!(feature = "small") { Lead::of(byte) } else { LEADS[usize::from(byte)] };
        let op = op.ok_or(DecodeError::UnknownOpcode(byte))?;
        match (form, code.get(offset + 1)) {
            (Form::Bare, _) => Ok(Instruction { offset, len: 1, op, arg: base.into(), extra: 0 }),
            (Form::Short, Some(&operand)) if operand < 0x80 => {
                let arg = i64::from(operand ^ flip) + i64::from(base);
                Ok(Instruction { offset, len: 2, op, arg, extra: 0 })
            }
            _ => Instruction::decode_long(op, code, offset),
        }
    }

    fn decode_long(op: Op, code: &[u8], offset: usize) -> Result<Instruction, DecodeError> {
        let operands = code.get(offset + 1..).unwrap_or_default();
        let (arg, len) = match op.operand() {
            Operand::SmallInt => small_int(operands)?,
            Operand::Jump | Operand::Unwind => jump(operands, 0x40, 0x4000)?,
            Operand::Forward => jump(operands, 0, 0)?,
            _ => uint(operands)?,
        };
        let mut instruction = Instruction { offset, len: 1 + len, op, arg, extra: 0 };
        if op.has_extra() {
            instruction.extra = *operands.get(len).ok_or(DecodeError::CutOff)?;
            instruction.len += 1;
        }
        Ok(instruction)
    }

    /// The offset just after the instruction.
    pub fn end(&self) -> usize {
        self.offset + self.len
    }

    /// The instruction's operand as an index or count.
    pub fn index(&self) -> u32 {
        self.arg as u32
    }

    /// The offset that the instruction may jump to, or the offset of the handler that it sets up. `None` if it does
    /// neither, or the offset is negative.
    pub fn target(&self) -> Option<usize> {
        let base = self.end() - usize::from(self.op.has_extra());
        match self.op.operand() {
            Operand::Jump | Operand::Unwind | Operand::Forward => base.checked_add_signed(self.arg as isize),
            _ => None,
        }
    }

    /// The instruction's effect on the value stack when control goes on to the next instruction.
    pub fn effect(&self) -> Effect {
        self.op.effect(self.index(), self.extra.into())
    }

    /// The instruction's effect on the value stack when the instruction jumps.
    pub fn jump_effect(&self) -> Effect {
        self.op.jump_effect(self.index(), self.extra.into())
    }
}

impl Op {
    /// Whether a byte follows the opcode's operand.
    pub const fn has_extra(self) -> bool {
        matches!(self.operand(), Operand::Closure | Operand::Unwind)
    }
}

/// What an instruction's first byte tells of the instruction.
#[derive(Clone, Copy)]
struct Lead {
    op: Option<Op>,
    form: Form,
    /// The bits to flip in an operand of a single byte, to which `base` is then added: so a sign or a bias is decoded.
    flip: u8,
    base: i8,
}

impl Lead {
    const UNKNOWN: Lead = Lead { op: None, form: Form::Long, flip: 0, base: 0 };

    const fn of(byte: u8) -> Lead {
        let Some(op) = Op::from_byte(byte) else { return Lead::UNKNOWN };
        let value = (byte - op as u8) as i8;
        let (form, flip, base) = match op.operand() {
            Operand::Implied if op as u8 == Op::LoadConstSmallIntMulti as u8 => {
                (Form::Bare, 0, value + SMALL_INT_MULTI_MIN as i8)
            }
            Operand::None | Operand::Implied => (Form::Bare, 0, value),
            Operand::SmallInt => (Form::Short, 0x40, -0x40),
            Operand::Jump => (Form::Short, 0, -0x40),
            _ if op.has_extra() => (Form::Long, 0, 0),
            _ => (Form::Short, 0, 0),
        };
        Lead { op: Some(op), form, flip, base }
    }
}

#[derive(Clone, Copy)]
enum Form {
    /// There is no operand: `base` is the value.
    Bare,
    /// The operand has a single byte if that byte is less than 0x80.
    Short,
    Long,
}

/// The lead of each byte. Decoding looks instructions up here, since nearly all have no operand or a single byte of it.
const LEADS: [Lead; 256] = {
    let mut leads = [Lead::UNKNOWN; 256];
    let mut byte = 0;
    while byte < leads.len() {
        leads[byte] = Lead::of(byte as u8);
        byte += 1;
    }
    leads
};

fn uint(bytes: &[u8]) -> Result<(i64, usize), DecodeError> {
    match vuint::read(bytes) {
        Some((value, len)) => Ok((value.into(), len)),
        None if bytes.iter().all(|byte| byte & 0x80 != 0) => Err(DecodeError::CutOff),
        None => Err(DecodeError::BadOperand),
    }
}

fn small_int(bytes: &[u8]) -> Result<(i64, usize), DecodeError> {
    let mut value: i64 = match bytes.first() {
        Some(first) if first & 0x40 != 0 => -1,
        _ => 0,
    };
    for (i, &byte) in bytes.iter().enumerate() {
        if value << 7 >> 7 != value {
            return Err(DecodeError::BadOperand);
        }
        value = value << 7 | i64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Ok((value, i + 1));
        }
    }
    Err(DecodeError::CutOff)
}

fn jump(bytes: &[u8], short_bias: i64, long_bias: i64) -> Result<(i64, usize), DecodeError> {
    match *bytes {
        [low, ..] if low & 0x80 == 0 => Ok((i64::from(low) - short_bias, 1)),
        [low, high, ..] => Ok((i64::from(low & 0x7f) + (i64::from(high) << 7) - long_bias, 2)),
        _ => Err(DecodeError::CutOff),
    }
}

/// The instructions of `code`, one after another, up to its end or the first error.
pub fn instructions(code: &[u8]) -> impl Iterator<Item = Result<Instruction, DecodeError>> + '_ {
    let mut offset = 0;
    core::iter::from_fn(move || {
        if offset >= code.len() {
            return None;
        }
        let instruction = Instruction::decode(code, offset);
        offset = instruction.map_or(code.len(), |i| i.end());
        Some(instruction)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(code: &[u8]) -> Result<(Op, i64, usize), DecodeError> {
        Instruction::decode(code, 0).map(|i| (i.op, i.arg, i.len))
    }

    #[test]
    fn operands_of_each_encoding() {
        assert_eq!(decode(&[0x10, 0x81, 0x00]), Ok((Op::LoadConstString, 128, 3)));
        assert_eq!(decode(&[0x22, 0x80, 0x40]), Ok((Op::LoadConstSmallInt, 64, 3)));
        assert_eq!(decode(&[0x22, 0x7f]), Ok((Op::LoadConstSmallInt, -1, 2)));
        assert_eq!(decode(&[0x70]), Ok((Op::LoadConstSmallIntMulti, -16, 1)));
        assert_eq!(decode(&[0xb5]), Ok((Op::LoadFastMulti, 5, 1)));
        assert_eq!(decode(&[0x42, 0x3f]), Ok((Op::Jump, -1, 2)));
        assert_eq!(decode(&[0x42, 0x80, 0x80]), Ok((Op::Jump, 0, 3)));
        assert_eq!(decode(&[0x4b, 0x85, 0x01]), Ok((Op::ForIter, 133, 3)));
    }

    #[test]
    fn a_jump_counts_from_the_end_of_its_offset() {
        let unwind = Instruction::decode(&[0x40, 0x42, 0x81, 0x51, 0x63], 0).unwrap();
        assert_eq!((unwind.target(), unwind.end(), unwind.extra), (Some(4), 3, 0x81));
        assert_eq!(Instruction::decode(&[0x42, 0x00], 0).unwrap().target(), None);
    }

    #[test]
    fn what_is_no_instruction() {
        assert_eq!(decode(&[]), Err(DecodeError::CutOff));
        assert_eq!(decode(&[0x10]), Err(DecodeError::CutOff));
        assert_eq!(decode(&[0x10, 0x81]), Err(DecodeError::CutOff));
        assert_eq!(decode(&[0x20, 0x00]), Err(DecodeError::CutOff));
        assert_eq!(decode(&[0x00]), Err(DecodeError::UnknownOpcode(0)));
        assert_eq!(decode(&[0x10, 0x80, 0x01]), Err(DecodeError::BadOperand));
        let too_big = [0x22, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00];
        assert_eq!(decode(&too_big), Err(DecodeError::BadOperand));
    }
}
