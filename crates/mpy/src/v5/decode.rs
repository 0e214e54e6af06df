//! The bytecode of a function of version 5.
//!
//! Its length and its jumps count bytes as they are in memory, where each name takes two.

use alloc::vec::Vec;

use super::calls::Calls;
use super::layout::{Item, lay_out};
use super::read::Reader;
use super::{Error, ErrorKind};
use crate::bytecode::{DecodeError, Instruction};
use crate::lines;
use crate::opcode::{Op, Operand};
use crate::prelude::{Signature, write_sizes};
use crate::vuint;

/// The instructions of a function, with the offsets that they have in memory. The operand of one that has a name is the name's number.
pub struct Body {
    instructions: Vec<Instruction>,
    /// Where each instruction stands in the file.
    places: Vec<usize>,
}

/// What else there is of a function.
pub struct Source<'s> {
    pub signature: Signature,
    pub name: u32,
    pub arguments: &'s [u32],
    pub lines: &'s [u8],
    pub cells: &'s [u8],
    /// The constants by their numbers in the module's table.
    pub constants: &'s [u32],
    pub n_children: u32,
}

impl Body {
    /// Takes instructions that have `len` bytes in memory.
    pub fn read(reader: &mut Reader<'_>, len: usize) -> Result<Body, Error> {
        let mut body = Body { instructions: Vec::new(), places: Vec::new() };
        let mut offset = 0;
        while offset < len {
            body.places.push(reader.position());
            let instruction = instruction(reader, offset)?;
            offset = instruction.end();
            body.instructions.push(instruction);
        }
        if offset == len { Ok(body) } else { reader.error(ErrorKind::Prelude) }
    }

    /// Prelude and bytecode of version 6.
    pub fn convert(&self, source: &Source<'_>) -> Result<Vec<u8>, Error> {
        let mut signature = source.signature;
        let at = |n: usize, kind| Error { offset: self.places.get(n).copied().unwrap_or_default(), kind };
        let calls = Calls::of(&self.instructions, source).map_err(|n| at(n, ErrorKind::Call))?;
        signature.n_state += calls.more_slots();
        let mut items = Vec::new();
        let mut first = Vec::with_capacity(self.instructions.len());
        for (n, instruction) in self.instructions.iter().enumerate() {
            first.push(items.len());
            if calls.is_dropped(n) {
                continue;
            }
            if let Some(call) = calls.get(n) {
                items.extend(call.items().into_iter().map(Item::Plain));
                continue;
            }
            items.push(self.item(instruction, source).map_err(|kind| at(n, kind))?);
        }
        let (code, offsets) = lay_out(&items, &first).ok_or_else(|| at(0, ErrorKind::TooFar))?;
        let mut names = Vec::new();
        core::iter::once(&source.name).chain(source.arguments).for_each(|&name| vuint::write(&mut names, name));
        let moved = |old: usize| {
            let next = self.instructions.partition_point(|instruction| instruction.offset < old);
            first.get(next).and_then(|&item| offsets.get(item)).copied().unwrap_or(code.len())
        };
        let lines = moved_lines(source.lines, moved);
        let mut out = Vec::new();
        signature.write(&mut out);
        write_sizes(&mut out, (names.len() + lines.len()) as u32, source.cells.len() as u32);
        out.extend(names);
        out.extend(lines);
        out.extend_from_slice(source.cells);
        out.extend(code);
        Ok(out)
    }

    /// What an instruction is in version 6.
    fn item(&self, instruction: &Instruction, source: &Source<'_>) -> Result<Item, ErrorKind> {
        let op = instruction.op;
        let past = |n: usize| instruction.index().checked_sub(n as u32).ok_or(ErrorKind::Index);
        let n_arguments = source.arguments.len();
        let index = match op.operand() {
            Operand::Jump | Operand::Forward | Operand::Unwind => {
                let to = instruction.target().ok_or(ErrorKind::Target)?;
                let target = self.instructions.binary_search_by_key(&to, |to| to.offset);
                return Ok(Item::Jump { op, target: target.map_err(|_| ErrorKind::Target)?, extra: instruction.extra });
            }
            Operand::Constant => *source.constants.get(past(n_arguments)? as usize).ok_or(ErrorKind::Index)?,
            Operand::Child | Operand::Closure => {
                let child = past(n_arguments + source.constants.len())?;
                if child >= source.n_children {
                    return Err(ErrorKind::Index);
                }
                child
            }
            Operand::SmallInt => return Ok(Item::Plain(small_int(instruction.arg))),
            Operand::None => return Ok(Item::Plain([op as u8].into())),
            Operand::Implied => {
                let value = if op == Op::LoadConstSmallIntMulti { instruction.arg + 16 } else { instruction.arg };
                return Ok(Item::Plain([op as u8 + value as u8].into()));
            }
            _ => instruction.index(),
        };
        let mut bytes = Vec::with_capacity(4);
        bytes.push(op as u8);
        vuint::write(&mut bytes, index);
        if op.has_extra() {
            bytes.push(instruction.extra);
        }
        Ok(Item::Plain(bytes))
    }
}

/// `LOAD_CONST_SMALL_INT` of a value.
pub fn small_int(value: i64) -> Vec<u8> {
    if (-16..48).contains(&value) {
        return [Op::LoadConstSmallIntMulti as u8 + (value + 16) as u8].into();
    }
    let mut groups = 1;
    while groups < 10 && value >> (7 * groups - 1) != value >> 63 {
        groups += 1;
    }
    let mut bytes = Vec::with_capacity(1 + groups);
    bytes.push(Op::LoadConstSmallInt as u8);
    for group in (0..groups).rev() {
        let more = if group == 0 { 0 } else { 0x80 };
        bytes.push(more | (value >> (7 * group).min(63)) as u8 & 0x7f);
    }
    bytes
}

/// The instruction that follows, which is at `offset` in memory.
fn instruction(reader: &mut Reader<'_>, offset: usize) -> Result<Instruction, Error> {
    const FIELD: &str = "an instruction";
    let start = reader.position();
    let byte = reader.byte(FIELD)?;
    let Some(op) = Op::from_byte(byte) else {
        return reader.error(ErrorKind::Instruction(DecodeError::UnknownOpcode(byte)));
    };
    let mut instruction = Instruction { offset, len: 3, op, arg: 0, extra: 0 };
    match op.operand() {
        Operand::Qstr => {
            instruction.arg = reader.name()?.into();
            if reader.caches() && matches!(op, Op::LoadName | Op::LoadGlobal | Op::LoadAttr | Op::StoreAttr) {
                reader.byte(FIELD)?;
                instruction.len += 1;
            }
        }
        Operand::Jump | Operand::Forward | Operand::Unwind => {
            let distance = i64::from(u16::from_le_bytes([reader.byte(FIELD)?, reader.byte(FIELD)?]));
            // Those that can go back are biased, and in version 5 two more.
            let biased = op.operand() != Operand::Forward || matches!(op, Op::JumpIfTrueOrPop | Op::JumpIfFalseOrPop);
            instruction.arg = distance - if biased { 0x8000 } else { 0 };
            if op.has_extra() {
                instruction.extra = reader.byte(FIELD)?;
                instruction.len += 1;
            }
        }
        _ => {
            let decoded = Instruction::decode(reader.rest(start), 0);
            let decoded = decoded.map_err(|error| Error { offset: start, kind: ErrorKind::Instruction(error) })?;
            reader.slice(FIELD, decoded.len - 1)?;
            instruction = Instruction { offset, ..decoded };
        }
    }
    Ok(instruction)
}

/// A line table of version 5, which ends with a zero byte, as one whose steps go as far as the same instructions have moved.
fn moved_lines(table: &[u8], moved: impl Fn(usize) -> usize) -> Vec<u8> {
    let mut len = 0;
    for (_, entry) in lines::steps(table) {
        if table[len] == 0 {
            break;
        }
        len += entry;
    }
    lines::moved(&table[..len], moved)
}
