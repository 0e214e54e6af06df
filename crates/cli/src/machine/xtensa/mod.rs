//! Xtensa: a table of its instructions, with registers in windows or not.

mod part;
mod registers;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use part::Part;
use table::{INSTRUCTIONS, Row};

use super::{Access, Decoded, Decoder};

/// A decoder of Xtensa instructions.
pub struct Xtensa {
    /// The registers that point to the table of functions and to that of names, in code made by mpy-cross.
    tables: [u8; 2],
    /// Whether the instruction before goes elsewhere, so that what follows may be no code.
    ended: bool,
    /// Places ahead that instructions before go to.
    ahead: BTreeSet<usize>,
}

impl Xtensa {
    /// For code whose functions have windows of registers, or share all registers. Registers: MicroPython's `py/asmxtensa.h`.
    pub fn new(windows: bool) -> Xtensa {
        let tables = if windows { [7, 6] } else { [15, 14] };
        Xtensa { tables, ended: false, ahead: BTreeSet::new() }
    }

    fn access(&self, row: &Row, instruction: u32, offset: i64) -> Access {
        match *row.parts {
            [_, literal @ Part::Literal] => literal.address(instruction, offset).map_or(Access::None, Access::Literal),
            [to, from, distance] => {
                let (to, from) = (to.register(instruction), from.register(instruction));
                let Some(distance) = distance.number(instruction) else { return Access::None };
                // The function's entry sets the two registers up step by step.
                if self.tables.into_iter().any(|table| to == Some(table)) {
                    return Access::None;
                }
                match (row.name, from == Some(self.tables[0]), from == Some(self.tables[1])) {
                    ("l32i" | "l32i.n", true, _) => Access::FunctionTable(distance),
                    ("l16ui", _, true) => Access::QstrTable(distance),
                    _ => Access::None,
                }
            }
            _ => Access::None,
        }
    }
}

impl Decoder for Xtensa {
    fn unit(&self) -> usize {
        1
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
        let access = self.access(row, instruction, offset);
        Some(Decoded { len: row.pattern.len, mnemonic, operands: parts.join(", "), access })
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
