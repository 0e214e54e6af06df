//! The operands of instructions.

use alloc::format;
use alloc::string::String;

use super::Instruction;
use crate::emit::Label;
use crate::emit::asm::Operand;
use crate::tree::Node;

/// What an operand can be, and where it stands in the code of an instruction.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// A register, its number at this bit.
    Register(u8),
    /// An integer of eight bits above the others, after `scale` bits that do not count.
    Offset { least: i32, most: i32, scale: u8 },
    /// Another integer, a multiple of `step`; `place` gives its bits.
    Integer { least: i32, most: i32, step: i32, place: fn(u32) -> u32 },
    /// An integer of 32 bits.
    Number,
    /// A label.
    Label,
}

const REGISTERS: u32 = 16;

/// The number of the register `name`.
fn register_named(name: &[u8]) -> Option<u32> {
    let number = match name {
        [b'a', digit @ b'0'..=b'9'] => digit - b'0',
        [b'a', b'1', digit @ b'0'..=b'5'] => 10 + digit - b'0',
        _ => return None,
    };
    Some(number.into())
}

fn register(instruction: &mut Instruction<'_>, operand: Node) -> u32 {
    register_named(instruction.identifier(operand)).unwrap_or_else(|| {
        instruction.refuse(format!("'{}' expects a register", instruction.spelling()));
        0
    })
}

/// An integer, in a range if there is one.
fn integer(instruction: &mut Instruction<'_>, operand: Node, range: Option<(i32, i32)>) -> u32 {
    let name = instruction.spelling();
    match (instruction.integer(operand).map(|value| value as i32), range) {
        (None, _) => instruction.refuse(format!("'{name}' expects an integer")),
        (Some(value), Some((least, most))) if !(least..=most).contains(&value) => {
            instruction.refuse(format!("'{name}' integer {value} isn't within range {least}..{most}"));
        }
        (Some(value), _) => return value as u32,
    }
    0
}

/// The number of a label. What is wrong is the first label.
fn label(instruction: &mut Instruction<'_>, operand: Node) -> u32 {
    let Some(wanted) = operand.as_id() else {
        instruction.refuse(format!("'{}' expects a label", instruction.spelling()));
        return 0;
    };
    match instruction.label(wanted) {
        Some(Label(number)) => number,
        // It may be met later.
        None if !instruction.is_last => instruction.unmet.0,
        None => {
            let wanted = String::from_utf8_lossy(instruction.names.get(wanted));
            instruction.refuse(format!("label '{wanted}' not defined"));
            0
        }
    }
}

impl Part {
    /// Whether it is an [`Part::Offset`].
    pub fn is_offset(&self) -> bool {
        matches!(self, Part::Offset { .. })
    }

    /// The value of an operand: the number of a register or label, an integer. What is wrong has the value zero.
    pub fn value(self, instruction: &mut Instruction<'_>, operand: Node) -> u32 {
        match self {
            Part::Register(_) => register(instruction, operand),
            Part::Offset { least, most, .. } => integer(instruction, operand, Some((least, most))),
            Part::Integer { least, most, step, .. } => {
                let value = integer(instruction, operand, Some((least, most)));
                if value as i32 % step != 0 {
                    instruction.refuse(format!("{} is not a multiple of {step}", value as i32));
                }
                value
            }
            Part::Number => integer(instruction, operand, None),
            Part::Label => label(instruction, operand),
        }
    }

    /// The bits of a value. Numbers and labels have none in the instruction itself.
    pub fn place(self, value: u32) -> u32 {
        match self {
            Part::Register(at) => value << at,
            Part::Offset { scale, .. } => (value >> scale & 0xff) << 16,
            Part::Integer { place, .. } => place(value),
            Part::Number | Part::Label => 0,
        }
    }

    /// The same for who writes it.
    pub fn operand(&self) -> Operand {
        match *self {
            Part::Register(_) => Operand::Word((0..REGISTERS).map(|number| format!("a{number}")).collect()),
            Part::Offset { least, most, scale } => {
                Operand::Integer { least: least.into(), most: most.into(), step: 1 << scale }
            }
            Part::Integer { least, most, step, .. } => {
                Operand::Integer { least: least.into(), most: most.into(), step: step.into() }
            }
            Part::Number => Operand::Integer { least: i32::MIN.into(), most: u32::MAX.into(), step: 1 },
            Part::Label => Operand::Label,
        }
    }
}
