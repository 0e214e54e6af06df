//! The operands of instructions.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::table::{CONDITIONS, condition};
use super::{Code, Instruction};
use crate::emit::Label;
use crate::emit::asm::Operand;
use crate::tree::Node;

/// What an operand can be, and where it stands in the code of an instruction.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// A register up to `most`, its number at bit `at`.
    Register { most: u8, at: u8 },
    /// A register called by its number, at bit `at`.
    Numbered { at: u8 },
    /// A register of which the highest bit stands at bit 7, the others at bit 0.
    Split,
    /// A register that stands at bit 16 and at bit 0.
    Twice,
    /// A register of floats, the lowest bit of its number at bit `low`, the others at bit `at`.
    Float { at: u8, low: u8 },
    /// A register that says what the processor is doing, at bit 0.
    Special,
    /// A register at bit 12, or the flags.
    Flags,
    /// The status of floats.
    Status,
    /// An integer with bits of `mask` only, without its lowest `scale` bits at bit `at`.
    Integer { mask: u32, scale: u8, at: u8 },
    /// An integer of 16 bits, [`spread`].
    Half,
    /// An integer of 32 bits, for two instructions.
    Halves,
    /// A base register up to `most` at bit `base`, and an offset that is an integer at bit `offset`. If it is essential, there is
    /// no such instruction without an address.
    Address { most: u8, base: u8, mask: u32, scale: u8, offset: u8, is_essential: bool },
    /// A label to jump to.
    Label(Branch),
    /// A set of registers, each at the bit of its number. Those up to r7 and the register `own` fit into a short instruction; for
    /// others there is the code `wide`.
    Registers { own: u8, wide: u32 },
    /// What an `it` instruction depends on.
    Condition,
    /// Which interrupts are meant. There is no choice, and none is looked at.
    Interrupts,
}

/// How a jump says where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Branch {
    /// In 11 bits.
    Near,
    /// In 8 bits.
    Conditional,
    /// In 20 bits, with a condition.
    Wide,
    /// In 22 bits.
    Link,
}

/// The registers with names of their own.
const NAMED: [(&str, u32); 5] = [("sl", 10), ("fp", 11), ("sp", 13), ("lr", 14), ("pc", 15)];
/// Registers that `mrs` reads.
const SPECIAL: [(&str, u32); 2] = [("IPSR", 5), ("BASEPRI", 17)];
const FLAGS: &str = "APSR_nzcv";
const STATUS: &str = "FPSCR";
/// How many registers of floats there are.
const FLOATS: u64 = 32;

/// The 16 bits of a number where `movw` has them.
pub(super) fn spread(number: u32) -> u32 {
    (number & 0xf000) << 4 | (number & 0x0800) << 15 | (number & 0x0700) << 4 | number & 0xff
}

fn named(names: &[(&str, u32)], name: &[u8]) -> Option<u32> {
    names.iter().find(|(known, _)| known.as_bytes() == name).map(|&(_, number)| number)
}

/// The number of the register `name`.
fn register_named(name: &[u8]) -> Option<u32> {
    let number = match name {
        [b'r', digit @ b'0'..=b'9'] => Some(digit - b'0'),
        [b'r', b'1', digit @ b'0'..=b'5'] => Some(10 + digit - b'0'),
        _ => None,
    };
    number.map(u32::from).or_else(|| named(&NAMED, name))
}

fn register(instruction: &mut Instruction<'_>, operand: Node, most: u8) -> u32 {
    let name = instruction.spelling();
    match register_named(instruction.identifier(operand)) {
        Some(number) if number <= u32::from(most) => return number,
        Some(_) => instruction.refuse(format!("'{name}' expects at most r{most}")),
        None => instruction.refuse(format!("'{name}' expects a register")),
    }
    0
}

/// A register of floats. Its number may have any number of digits; MicroPython counts modulo 2⁶⁴.
fn float(instruction: &mut Instruction<'_>, operand: Node) -> u32 {
    let name = instruction.spelling();
    match instruction.identifier(operand) {
        [b's', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            let add = |number: u64, digit: &u8| number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            let number = digits.iter().fold(0, add);
            if number < FLOATS {
                return number as u32;
            }
            instruction.refuse(format!("'{name}' expects at most r{}", FLOATS - 1));
        }
        _ => instruction.refuse(format!("'{name}' expects an FPU register")),
    }
    0
}

fn integer(instruction: &mut Instruction<'_>, operand: Node, mask: u32) -> u32 {
    let name = instruction.spelling();
    match instruction.integer(operand).map(|value| value as u32) {
        Some(value) if value & !mask == 0 => return value,
        Some(value) => instruction.refuse(format!("'{name}' integer {value:#x} doesn't fit in mask {mask:#x}")),
        None => instruction.refuse(format!("'{name}' expects an integer")),
    }
    0
}

/// The bits of a jump to `operand`.
fn branch(instruction: &mut Instruction<'_>, operand: Node, branch: Branch) -> u32 {
    let name = instruction.spelling();
    // What is wrong jumps to the first label.
    let mut label = Label(0);
    match operand.as_id() {
        None => instruction.refuse(format!("'{name}' expects a label")),
        Some(wanted) => match instruction.label(wanted) {
            Some(found) => label = found,
            // Others may be met later.
            None if !instruction.is_last => {}
            None => {
                let wanted = alloc::string::String::from_utf8_lossy(instruction.names.get(wanted));
                instruction.refuse(format!("label '{wanted}' not defined"));
            }
        },
    }
    let distance = branch.distance(instruction.code, label);
    if instruction.is_last && !branch.reaches(distance) {
        instruction.refuse("branch not in range");
    }
    branch.bits(distance)
}

impl Branch {
    /// How far it is to `label`; from where the processor says that it is, which is four bytes ahead.
    fn distance(self, code: &Code, label: Label) -> i32 {
        let to = code.label(label).unwrap_or(u32::MAX);
        to.wrapping_sub(code.position()).wrapping_sub(4) as i32
    }

    /// Whether a jump can go as far. MicroPython is a bit too strict with the links.
    fn reaches(self, distance: i32) -> bool {
        let bits = match self {
            Branch::Near => 12,
            Branch::Conditional => 9,
            Branch::Wide => return true,
            Branch::Link => 23,
        };
        let upper = distance >> (bits - 1);
        upper == 0 || upper == -1
    }

    fn bits(self, distance: i32) -> u32 {
        let distance = distance as u32;
        match self {
            Branch::Near => distance >> 1 & 0x7ff,
            Branch::Conditional => distance >> 1 & 0xff,
            Branch::Wide => {
                let sign = distance >> 20 & 1;
                sign << 26
                    | (distance >> 12 & 0x3f) << 16
                    | (distance >> 18 & 1) << 13
                    | (distance >> 19 & 1) << 11
                    | distance >> 1 & 0x7ff
            }
            Branch::Link => (distance >> 12 & 0x7ff) << 16 | distance >> 1 & 0x7ff,
        }
    }

    #[cfg(test)]
    fn mask(self) -> u32 {
        self.bits(-1)
    }
}

impl Part {
    /// The bits of an operand. `None` if there is no such instruction.
    pub fn bits(self, instruction: &mut Instruction<'_>, operand: Node) -> Option<u32> {
        Some(match self {
            Part::Register { most, at } => register(instruction, operand, most) << at,
            Part::Numbered { at } => register(instruction, operand, 15) << at,
            Part::Split => {
                let number = register(instruction, operand, 15);
                (number & 8) << 4 | number & 7
            }
            Part::Twice => register(instruction, operand, 15) * 0x1_0001,
            Part::Float { at, low } => {
                let number = float(instruction, operand);
                (number >> 1) << at | (number & 1) << low
            }
            Part::Special => named(&SPECIAL, instruction.identifier(operand)).unwrap_or_else(|| {
                instruction.refuse(format!("'{}' expects a special register", instruction.spelling()));
                0
            }),
            Part::Flags if instruction.identifier(operand) == FLAGS.as_bytes() => 15 << 12,
            Part::Flags => register(instruction, operand, 15) << 12,
            Part::Status => {
                if instruction.identifier(operand) != STATUS.as_bytes() {
                    return None;
                }
                0
            }
            Part::Integer { mask, scale, at } => integer(instruction, operand, mask) >> scale << at,
            Part::Half => spread(integer(instruction, operand, 0xffff)),
            Part::Halves => {
                integer(instruction, operand, u32::MAX);
                0
            }
            Part::Address { most, base, mask, scale, offset, is_essential } => match instruction.address(operand) {
                Some((from, by)) => {
                    let from = register(instruction, from, most) << base;
                    from | integer(instruction, by, mask) >> scale << offset
                }
                None if is_essential => return None,
                None => {
                    let name = instruction.spelling();
                    instruction.refuse(format!("'{name}' expects an address of the form [a, b]"));
                    0
                }
            },
            Part::Label(how) => branch(instruction, operand, how),
            Part::Registers { .. } => {
                let mut registers = 0;
                if !instruction.items(operand, |instruction, item| registers |= 1 << register(instruction, item, 15)) {
                    let name = instruction.spelling();
                    instruction.refuse(format!("'{name}' expects {{r0, r1, ...}}"));
                }
                registers
            }
            Part::Condition => {
                let number = condition(instruction.identifier(operand))?;
                let letters = &instruction.name[2..];
                // For each letter the lowest bit of the condition under which its instruction runs; then a one.
                let end = 8 >> letters.len();
                let bits = letters.iter().zip([8, 4, 2]).map(|(letter, bit)| {
                    let holds = u32::from(*letter == b'e') ^ number & 1;
                    holds * bit
                });
                number << 4 | bits.sum::<u32>() | end
            }
            Part::Interrupts => 0,
        })
    }

    /// The bits that the operand can set.
    #[cfg(test)]
    pub fn mask(self) -> u32 {
        match self {
            Part::Register { most, at } => number_mask(most) << at,
            Part::Numbered { at } => 15 << at,
            Part::Split => 0x87,
            Part::Twice => 0xf_000f,
            Part::Float { at, low } => 0xf << at | 1 << low,
            Part::Special => 0xff,
            Part::Flags => 0xf << 12,
            Part::Integer { mask, scale, at } => mask >> scale << at,
            Part::Half => spread(0xffff),
            Part::Address { base, mask, scale, offset, most, .. } => {
                number_mask(most) << base | mask >> scale << offset
            }
            Part::Label(branch) => branch.mask(),
            Part::Registers { .. } => 0xffff,
            Part::Condition => 0xff,
            Part::Status | Part::Halves | Part::Interrupts => 0,
        }
    }

    /// What can be written, on a machine with long instructions or without.
    pub fn operand(&self, has_wide: bool) -> Operand {
        let words = |words: &[&str]| words.iter().map(|&word| word.into()).collect();
        match *self {
            Part::Register { most, .. } => Operand::Word(registers(most)),
            Part::Numbered { .. } => Operand::Word((0..16).map(|number| format!("r{number}")).collect()),
            Part::Split | Part::Twice => Operand::Word(registers(15)),
            Part::Float { .. } => Operand::Word((0..FLOATS).map(|number| format!("s{number}")).collect()),
            Part::Special => Operand::Word(SPECIAL.iter().map(|&(name, _)| name.into()).collect()),
            Part::Flags => {
                let mut names = vec![FLAGS.into()];
                names.extend(registers(15));
                Operand::Word(names)
            }
            Part::Status => Operand::Word(words(&[STATUS])),
            Part::Integer { mask, scale, .. } => masked(mask, scale),
            Part::Half => masked(0xffff, 0),
            Part::Halves => masked(u32::MAX, 0),
            Part::Address { most, mask, scale, .. } => {
                Operand::Address { base: registers(most), offset: masked(mask, scale).into() }
            }
            Part::Label(_) => Operand::Label,
            Part::Registers { .. } if has_wide => Operand::Set(registers(15)),
            Part::Registers { own, .. } => {
                let mut names = registers(7);
                names.extend(
                    registers(15).into_iter().filter(|name| register_named(name.as_bytes()) == Some(own.into())),
                );
                Operand::Set(names)
            }
            Part::Condition => Operand::Word(words(&CONDITIONS)),
            Part::Interrupts => Operand::Word(words(&["i"])),
        }
    }
}

/// The bits of the numbers of registers up to `most`.
#[cfg(test)]
fn number_mask(most: u8) -> u32 {
    if most > 7 { 15 } else { 7 }
}

/// The names of the registers up to `most`.
fn registers(most: u8) -> Vec<String> {
    let others = NAMED.iter().filter(|&&(_, number)| number <= most.into()).map(|&(name, _)| name.into());
    (0..=most).map(|number| format!("r{number}")).chain(others).collect()
}

fn masked(mask: u32, scale: u8) -> Operand {
    Operand::Integer { least: 0, most: mask.into(), step: 1 << scale }
}
