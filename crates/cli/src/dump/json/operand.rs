//! An operand as JSON: the raw number or numbers, and what they stand for.

use berus_mpy::bytecode::Instruction;
use berus_mpy::disasm::{Listing, Resolved};
use berus_mpy::module::CodeId;
use serde::Serialize;

use super::Text;

#[derive(Serialize)]
#[serde(untagged)]
pub enum Operand<'f> {
    Name { name: Text<'f> },
    Str { str: Text<'f> },
    Int { int: i64 },
    Constant { constant: u32 },
    Local { local: u32, name: Option<Text<'f>> },
    Count { count: u32 },
    Arguments { positional: u32, keyword: u32 },
    Starred { before: u32, after: u32 },
    Collection { collection: &'static str, distance: u32 },
    Child { code: CodeId, cells: Option<u8> },
    Target { target: Option<usize>, label: Option<String>, blocks: u8, iterator: bool },
    Operation { operation: &'static str, symbol: &'static str },
    Missing { missing: &'static str, index: u32 },
}

impl<'f> Operand<'f> {
    pub fn new(listing: &'f Listing<'f>, instruction: &Instruction) -> Option<Operand<'f>> {
        Some(match listing.resolve(instruction) {
            Resolved::Nothing => return None,
            Resolved::Name(name) => Operand::Name { name: Text::mention(name) },
            Resolved::Str(text) => Operand::Str { str: Text::mention(text) },
            Resolved::Int(int) => Operand::Int { int },
            Resolved::Constant(_) => Operand::Constant { constant: instruction.index() },
            Resolved::Local { number, name } => Operand::Local { local: number, name: name.map(Text::mention) },
            Resolved::Count(count) => Operand::Count { count },
            Resolved::Arguments { positional, keyword } => Operand::Arguments { positional, keyword },
            Resolved::Starred { before, after } => Operand::Starred { before, after },
            Resolved::Collection { kind, distance } => Operand::Collection { collection: kind, distance },
            Resolved::Child { id, cells, .. } => Operand::Child { code: id, cells },
            Resolved::Target { offset, label, unwind } => Operand::Target {
                target: offset,
                label: label.map(|label| label.to_string()),
                blocks: unwind.blocks,
                iterator: unwind.iterator,
            },
            Resolved::Unary(op) => Operand::Operation { operation: op.name(), symbol: op.symbol() },
            Resolved::Binary(op) => Operand::Operation { operation: op.name(), symbol: op.symbol() },
            Resolved::Missing { table, index } => Operand::Missing { missing: table, index },
        })
    }
}
