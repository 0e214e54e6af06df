//! Xtensa: a table of its instructions, with registers in windows or not.

mod part;
mod registers;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use part::Part;
use table::{INSTRUCTIONS, Row};

use super::held::{Act, Conventions, Flow, Source, Step, Value};
use super::{Access, Decoded, Decoder};

/// A decoder of Xtensa instructions.
pub struct Xtensa {
    /// Whether functions have windows of registers.
    windows: bool,
    /// Whether the instruction before goes elsewhere, so that what follows may be no code.
    ended: bool,
    /// Places ahead that instructions before go to.
    ahead: BTreeSet<usize>,
}

impl Xtensa {
    /// For code whose functions have windows of registers, or share all registers.
    pub fn new(windows: bool) -> Xtensa {
        Xtensa { windows, ended: false, ahead: BTreeSet::new() }
    }
}

impl Decoder for Xtensa {
    fn unit(&self) -> usize {
        1
    }

    fn conventions(&self) -> Conventions {
        // MicroPython: `py/asmxtensa.h`. A call of a window of eight registers has those from `a8` on.
        match self.windows {
            true => Conventions { tables: [7, 6], not_kept: &[8, 9, 10, 11, 12, 13, 14, 15], stack: 1 },
            false => Conventions { tables: [15, 14], not_kept: &[0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], stack: 1 },
        }
    }

    fn decode(&mut self, bytes: &[u8], offset: usize) -> Option<Decoded> {
        // Functions are aligned to words, with zeros in between.
        let padding = offset.next_multiple_of(4) - offset;
        if self.ended && padding > 0 && bytes.iter().take(padding).all(|&byte| byte == 0) {
            return None;
        }
        let (row, instruction) = find(bytes)?;
        let end = offset + row.pattern.len;
        // What has an instruction within is none.
        self.ahead = self.ahead.split_off(&(offset + 1));
        if self.ahead.first().is_some_and(|&target| target < end) {
            return None;
        }
        let offset = offset as i64;
        let mut parts = row.parts.iter().map(|part| part.text(instruction, offset)).collect::<Option<Vec<_>>>()?;
        let mut mnemonic = row.name.to_owned();
        if mnemonic.ends_with('.') {
            mnemonic += &parts.remove(0);
        }
        let target = row.parts.last().filter(|&&part| part != Part::Literal);
        let target = target.and_then(|part| part.address(instruction, offset));
        self.ahead.extend(target.and_then(|target| usize::try_from(target).ok()));
        self.ended = matches!(row.name, "j" | "jx" | "ret" | "ret.n" | "retw" | "retw.n");
        let access = match row.parts {
            [_, Part::Literal] => Part::Literal.address(instruction, offset).map_or(Access::None, Access::Literal),
            _ => Access::None,
        };
        let step = step(row, instruction, offset);
        Some(Decoded { len: row.pattern.len, mnemonic, operands: parts.join(", "), access, step })
    }
}

/// What an instruction does to registers.
fn step(row: &Row, instruction: u32, offset: i64) -> Step {
    let register = |i: usize| row.parts.get(i).and_then(|part| part.register(instruction));
    let number = |i: usize| row.parts.get(i).and_then(|part| part.number(instruction));
    let target = row.parts.last().and_then(|part| part.address(instruction, offset));
    let known = |number: i64| Source::Known(Value::Number(number));
    match (row.name, register(0), register(1).map(Source::Register), number(2).map(known), target) {
        ("l32r", Some(to), .., Some(place)) => {
            Step::does(Act::Load(Some(to), [Source::Known(Value::Code(place)), known(0)], 4))
        }
        ("l32i" | "l32i.n", Some(to), Some(from), Some(distance), _) => {
            Step::does(Act::Load(Some(to), [from, distance], 4))
        }
        ("l16ui", Some(to), Some(from), Some(distance), _) => Step::does(Act::Load(Some(to), [from, distance], 2)),
        ("mov.n" | "or", Some(to), Some(from), ..) if row.name == "mov.n" || register(1) == register(2) => {
            Step::does(Act::Put(to, [from, known(0)]))
        }
        ("addi" | "addi.n" | "addmi", Some(to), Some(from), Some(distance), _) => {
            Step::does(Act::Put(to, [from, distance]))
        }
        ("add" | "add.n", Some(to), Some(from), ..) => {
            let other = register(2).map_or(known(0), Source::Register);
            Step::does(Act::Put(to, [from, other]))
        }
        ("movi" | "movi.n", Some(to), ..) => Step::does(Act::Put(to, [known(number(1).unwrap_or(0)), known(0)])),
        ("j", .., Some(target)) => Step::goes(Flow::Jump(target)),
        ("jx" | "ret" | "ret.n" | "retw" | "retw.n", ..) => Step::goes(Flow::End),
        (name, ..) if name.starts_with("call") => Step::goes(Flow::Call),
        ("s32i" | "s32i.n", Some(from), Some(base), Some(distance), _) => {
            Step::does(Act::Store(Some(Source::Register(from)), [base, distance], 4))
        }
        // A window's stack pointer starts where the function's words are.
        ("entry", ..) => Step::writes(&[]),
        ("s8i" | "s16i" | "s32ri" | "s32e" | "s32nb", ..) => Step::writes(&[]),
        (.., Some(target)) => Step::goes(Flow::Branch(target)),
        (_, Some(to), ..) => Step::writes(&[to]),
        _ => Step::writes(&[]),
    }
}

/// The instruction that bytes start with, and its bits.
fn find(bytes: &[u8]) -> Option<(&'static Row, u32)> {
    // Whether an instruction has two bytes or three is in its first bits.
    let len = if bytes.first()? & 0xf >= 8 { 2 } else { 3 };
    let instruction = bytes.get(..len)?.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte));
    let row = INSTRUCTIONS.iter().find(|row| row.pattern.len == len && row.pattern.matches(instruction))?;
    Some((row, instruction))
}
