//! Operands, resolved: names and constants instead of indices, labels instead of distances.

use core::fmt;

use super::listing::{Label, Listing};
use super::text::{Name, Str};
use crate::bytecode::Instruction;
use crate::constant::Constant;
use crate::module::{CodeId, Qstr};
use crate::opcode::{BinaryOp, Op, Operand, UnaryOp};

/// The name of an opcode, without the `_MULTI` that sets apart groups with the operand in the opcode's own byte.
pub fn mnemonic(op: Op) -> &'static str {
    op.name().trim_end_matches("_MULTI")
}

/// What an operand stands for. As text it is one line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Resolved<'m> {
    /// There is no operand.
    Nothing,
    /// A name.
    Name(&'m [u8]),
    /// A string.
    Str(&'m [u8]),
    /// A small integer.
    Int(i64),
    /// A constant.
    Constant(&'m Constant<'m>),
    /// A local variable.
    Local {
        /// The number of the local variable.
        number: u32,
        /// The name of the local variable; only arguments have one.
        name: Option<&'m [u8]>,
    },
    /// A number of items.
    Count(u32),
    /// The arguments of a call.
    Arguments {
        /// How many arguments are positional.
        positional: u32,
        /// How many arguments are pairs of keyword and value.
        keyword: u32,
    },
    /// Names before and after a starred one.
    Starred {
        /// How many names come before the starred one.
        before: u32,
        /// How many names come after the starred one.
        after: u32,
    },
    /// The collection of a comprehension.
    Collection {
        /// The kind of the collection: `list`, `dict`, `set` or `?`.
        kind: &'static str,
        /// How many slots below the stack's top the collection is.
        distance: u32,
    },
    /// A code object to make a function of.
    Child {
        /// The code object's number in the module.
        id: CodeId,
        /// The spelling of the function's name.
        name: Option<&'m [u8]>,
        /// The number of cells that the function closes over.
        cells: Option<u8>,
    },
    /// A place in the code to go to.
    Target {
        /// The target's offset, `None` if the target would lie before the code.
        offset: Option<usize>,
        /// The target's label, `None` if no instruction starts at the target.
        label: Option<Label>,
        /// The blocks and the iterator to leave on the way.
        unwind: Unwind,
    },
    /// A unary operation.
    Unary(UnaryOp),
    /// A binary operation.
    Binary(BinaryOp),
    /// An index that the named table does not have.
    Missing {
        /// The name of the table.
        table: &'static str,
        /// The index that the table does not have.
        index: u32,
    },
}

/// What a jump out of blocks leaves. As text it follows the text of the target: `, leaving 2 blocks and an iterator`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unwind {
    /// How many exception blocks the jump leaves.
    pub blocks: u8,
    /// Whether the jump drops an iterator after that.
    pub iterator: bool,
}

impl<'m> Resolved<'m> {
    pub(super) fn new(listing: &Listing<'m>, instruction: &Instruction) -> Resolved<'m> {
        let module = listing.module();
        let n = instruction.index();
        match instruction.op.operand() {
            Operand::None => Resolved::Nothing,
            Operand::Implied => implied(listing, instruction),
            Operand::Qstr => match module.qstrs.get(n as usize).map(Qstr::as_bytes) {
                Some(name) if instruction.op == Op::LoadConstString => Resolved::Str(name),
                Some(name) => Resolved::Name(name),
                None => Resolved::Missing { table: "name", index: n },
            },
            Operand::SmallInt => Resolved::Int(instruction.arg),
            Operand::Constant => match module.constants.get(n as usize) {
                Some(constant) => Resolved::Constant(constant),
                None => Resolved::Missing { table: "constant", index: n },
            },
            Operand::Local => Resolved::Local { number: n, name: listing.local_name(n) },
            Operand::Count => Resolved::Count(n),
            Operand::Arguments => Resolved::Arguments { positional: n & 0xff, keyword: n >> 8 },
            Operand::Starred => Resolved::Starred { before: n & 0xff, after: n >> 8 },
            Operand::Collection => {
                let kind = ["list", "dict", "set", "?"][n as usize & 3];
                Resolved::Collection { kind, distance: n >> 2 }
            }
            Operand::Child | Operand::Closure => match listing.code().children.get(n as usize) {
                Some(&id) => {
                    let cells = instruction.op.has_extra().then_some(instruction.extra);
                    Resolved::Child { id, name: listing.child_name(id), cells }
                }
                None => Resolved::Missing { table: "child", index: n },
            },
            Operand::Jump | Operand::Forward | Operand::Unwind => {
                let offset = instruction.target();
                let label = offset.and_then(|offset| listing.label(offset));
                let unwind = Unwind { blocks: instruction.extra & 0x7f, iterator: instruction.extra & 0x80 != 0 };
                Resolved::Target { offset, label, unwind }
            }
        }
    }
}

fn implied<'m>(listing: &Listing<'m>, instruction: &Instruction) -> Resolved<'m> {
    let n = instruction.index();
    match instruction.op {
        Op::LoadFastMulti | Op::StoreFastMulti => Resolved::Local { number: n, name: listing.local_name(n) },
        Op::UnaryOpMulti => UnaryOp::from_number(n as u8).map_or(Resolved::Nothing, Resolved::Unary),
        Op::BinaryOpMulti => BinaryOp::from_number(n as u8).map_or(Resolved::Nothing, Resolved::Binary),
        _ => Resolved::Int(instruction.arg),
    }
}

impl fmt::Display for Resolved<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Resolved::Nothing => Ok(()),
            Resolved::Name(name) => write!(f, "{}", Name(name)),
            Resolved::Str(text) => write!(f, "{}", Str(text)),
            Resolved::Int(value) => write!(f, "{value}"),
            Resolved::Constant(constant) => write!(f, "{constant}"),
            Resolved::Local { number, name: None } => write!(f, "{number}"),
            Resolved::Local { number, name: Some(name) } => write!(f, "{number} ({})", Name(name)),
            Resolved::Count(n) => write!(f, "{n}"),
            Resolved::Arguments { positional, keyword: 0 } => write!(f, "{positional}"),
            Resolved::Arguments { positional, keyword } => write!(f, "{positional} + {keyword} keyword"),
            Resolved::Starred { before, after } => write!(f, "{before} before, {after} after the star"),
            Resolved::Collection { kind, distance } => write!(f, "{kind}, {distance} below"),
            Resolved::Child { id, name, cells } => {
                write!(f, "{} (code {id})", Name(name.unwrap_or(b"?")))?;
                match cells {
                    None => Ok(()),
                    Some(1) => f.write_str(", 1 cell"),
                    Some(n) => write!(f, ", {n} cells"),
                }
            }
            Resolved::Target { offset, label, unwind } => {
                match (offset, label) {
                    (_, Some(label)) => write!(f, "{label}")?,
                    (Some(offset), None) => write!(f, "{offset:04x}, no instruction")?,
                    (None, None) => f.write_str("before the code")?,
                }
                write!(f, "{unwind}")
            }
            Resolved::Unary(op) => f.write_str(op.symbol()),
            Resolved::Binary(op) => f.write_str(op.symbol()),
            Resolved::Missing { table, index } => write!(f, "{index}, no such {table}"),
        }
    }
}

impl fmt::Display for Unwind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.blocks, self.iterator) {
            (0, false) => Ok(()),
            (0, true) => f.write_str(", leaving an iterator"),
            (n, iterator) => {
                let and = if iterator { " and an iterator" } else { "" };
                write!(f, ", leaving {n} block{}{and}", if n == 1 { "" } else { "s" })
            }
        }
    }
}
