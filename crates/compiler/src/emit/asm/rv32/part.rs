//! The operands of instructions.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Instruction;
use crate::emit::asm::Operand;
use crate::error::{CompileError, ErrorKind};
use crate::grammar::Rule;
use crate::token::Token;
use crate::tree::{Const, Node, Value};

/// What an operand can be. Registers are sets of numbers, integers and distances the bits that they may have.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// A register.
    Register(u32),
    /// An integer with a sign, which is the highest bit, and without its lowest `shift` bits.
    Signed { bits: u32, shift: u8, may_be_zero: bool },
    /// An integer without a sign, likewise.
    Unsigned { bits: u32, shift: u8, may_be_zero: bool },
    /// A label. Its value is how far it is.
    Label(u32),
    /// An integer with a sign and a register, `offset(base)`. It has two values.
    Address { bits: u32, base: u32 },
    /// A set of registers, `{ra, s0-s2}`. Its value is the number of the set.
    List,
    /// How many bytes the stack pointer is moved besides: 16, 32 or 48, downwards if `is_push`.
    Adjustment { is_push: bool },
    /// One of the registers s0 to s7, of which an instruction has two different ones.
    Saved,
}

/// The names of the registers.
const NAMES: [&str; 32] = [
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "s2",
    "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
];

const RA: u8 = 1;
const S0: u8 = 8;
/// Registers of which it is the number that counts: s0 to s7.
const SAVED: u32 = 0x00fc_0300;
/// The sets of registers by their numbers, from the first on. There is none that ends with s10.
const LISTS: [&str; 12] = [
    "{ra}",
    "{ra, s0}",
    "{ra, s0-s1}",
    "{ra, s0-s2}",
    "{ra, s0-s3}",
    "{ra, s0-s4}",
    "{ra, s0-s5}",
    "{ra, s0-s6}",
    "{ra, s0-s7}",
    "{ra, s0-s8}",
    "{ra, s0-s9}",
    "{ra, s0-s11}",
];
const FIRST_LIST: i64 = 4;

/// The number of the register `name`, which is one of its own or `x` and the number.
pub(super) fn register_named(name: &[u8]) -> Option<u8> {
    let number = match name {
        [b'x', digit @ b'0'..=b'9'] => digit - b'0',
        [b'x', tens @ b'1'..=b'3', digit @ b'0'..=b'9'] => (tens - b'0') * 10 + digit - b'0',
        _ => NAMES.iter().position(|known| known.as_bytes() == name)? as u8,
    };
    (number < 32).then_some(number)
}

/// The number of a register that is an operand.
fn register_of(instruction: &Instruction<'_>, operand: Node) -> Option<u8> {
    register_named(instruction.identifier(operand))
}

/// Whether `value` has bits of `bits` only. Bits beyond 32 are none.
fn is_unsigned(bits: u32, value: i64) -> bool {
    value as u64 & !u64::from(bits) == 0
}

/// Whether the lower 32 bits of `value` are a number of which `bits` hold all, the highest of them the sign.
fn is_signed(bits: u32, value: i64) -> bool {
    if bits.leading_zeros() == 0 {
        return true;
    }
    let value = value as u32;
    let sign = 1 << bits.ilog2();
    let above = !(sign | (sign - 1));
    let is_multiple = value.trailing_zeros() >= bits.trailing_zeros();
    is_multiple && (value & (above | sign) == 0 || value & (above | sign) == above | sign)
}

/// What is wrong with an operand.
enum Wrong {
    Kind(&'static str),
    OutOfRange,
    Zero,
    Register,
    Undefined(String),
}

/// Notes what is wrong with operand number `i`.
fn refuse<T>(instruction: &mut Instruction<'_>, i: usize, wrong: Wrong) -> Option<T> {
    let what: Cow<'_, str> = match wrong {
        Wrong::Kind(wanted) => format!("expecting {wanted}").into(),
        Wrong::OutOfRange => "out of range".into(),
        Wrong::Zero => "must not be zero".into(),
        Wrong::Register => "unknown register".into(),
        Wrong::Undefined(label) => format!("undefined label '{label}'").into(),
    };
    instruction.refuse(format!("opcode '{}' argument {}: {what}", instruction.spelling(), i + 1));
    None
}

fn register(instruction: &mut Instruction<'_>, i: usize, operand: Node, set: u32) -> Option<i64> {
    match register_of(instruction, operand) {
        Some(number) if set & 1 << number != 0 => Some(number.into()),
        Some(_) => refuse(instruction, i, Wrong::Register),
        None => refuse(instruction, i, Wrong::Kind("register")),
    }
}

/// An integer times a power of two, if it is such as `is_right` demands.
fn integer(
    instruction: &mut Instruction<'_>,
    i: usize,
    operand: Node,
    shift: u8,
    is_right: impl Fn(i64) -> bool,
) -> Option<i64> {
    let Some(value) = instruction.integer(operand) else { return refuse(instruction, i, Wrong::Kind("integer")) };
    let value = value << shift;
    if is_right(value) { Some(value) } else { refuse(instruction, i, Wrong::OutOfRange) }
}

fn distance(instruction: &mut Instruction<'_>, i: usize, operand: Node, bits: u32) -> Option<i64> {
    let Some(wanted) = operand.as_id() else { return refuse(instruction, i, Wrong::Kind("label")) };
    let place = match instruction.label(wanted) {
        Some(label) => instruction.code.label(label),
        None if instruction.is_last => {
            let name = String::from_utf8_lossy(instruction.names.get(wanted)).into_owned();
            return refuse(instruction, i, Wrong::Undefined(name));
        }
        None => None,
    };
    // MicroPython takes a label that it has not met for one at the beginning, or worse.
    let distance = i64::from(place.unwrap_or(0)) - i64::from(instruction.code.position());
    if is_signed(bits, distance) { Some(distance) } else { refuse(instruction, i, Wrong::OutOfRange) }
}

/// `offset(base)`, which is a call for the parser.
fn address(instruction: &mut Instruction<'_>, i: usize, operand: Node, bits: u32, base: u32) -> Option<[i64; 2]> {
    let tree = instruction.tree;
    let (mut call, mut is_negative) = (operand, false);
    if tree.is(operand, Rule::Factor2) {
        is_negative = tree.child(operand, 0).is_token(Token::Minus);
        if is_negative || tree.child(operand, 0).is_token(Token::Plus) {
            call = tree.child(operand, 1);
        }
    }
    if !tree.is(call, Rule::AtomExprNormal) {
        return refuse(instruction, i, Wrong::Kind("offset"));
    }
    let number = tree.child(call, 0);
    let offset = if is_negative {
        let Some(value) = instruction.integer(number) else { return refuse(instruction, 1, Wrong::Kind("integer")) };
        let value = value.wrapping_neg();
        if is_signed(bits, value) { value } else { return refuse(instruction, 1, Wrong::OutOfRange) }
    } else {
        integer(instruction, 1, number, 0, |value| is_signed(bits, value))?
    };
    let base = register(instruction, 2, tree.child(tree.child(call, 1), 0), base)?;
    Some([offset, base])
}

/// The number of a set of registers.
fn list(instruction: &Instruction<'_>, operand: Node) -> Option<i64> {
    let tree = instruction.tree;
    let is = |node, number| register_of(instruction, node) == Some(number);
    if !tree.is(operand, Rule::AtomBrace) {
        return None;
    }
    let items = tree.child(operand, 0);
    if is(items, RA) {
        return Some(FIRST_LIST);
    }
    let rest = tree.child(items, 1);
    if !tree.is(items, Rule::DictOrSetMaker)
        || !tree.is(rest, Rule::DictOrSetMakerList)
        || !is(tree.child(items, 0), RA)
    {
        return None;
    }
    let range = tree.child(rest, 0);
    if is(range, S0) {
        return Some(FIRST_LIST + 1);
    }
    let &[first, minus, last] = tree.children(range) else { return None };
    if !tree.is(range, Rule::ArithExpr) || !is(first, S0) || !minus.is_token(Token::Minus) {
        return None;
    }
    match register_of(instruction, last)? {
        9 => Some(FIRST_LIST + 2),
        // s2 to s9.
        number @ 18..=25 => Some(FIRST_LIST + 3 + i64::from(number - 18)),
        27 => Some(FIRST_LIST + 11),
        _ => None,
    }
}

/// How far the stack pointer is moved.
fn adjustment(instruction: &mut Instruction<'_>, operand: Node, is_push: bool) -> Option<i64> {
    if let Some(Value::Const(Const::Int(value))) = instruction.tree.value(operand)
        && i64::try_from(value).is_err()
    {
        let message = "overflow converting long int to machine word";
        instruction.error = Some(CompileError::new(ErrorKind::Overflow, message));
        return None;
    }
    let value = instruction.integer(operand)?;
    let bytes = (value as i32).unsigned_abs();
    let is_right = bytes & !0x30 == 0 && if is_push { value <= 0 } else { value >= 0 };
    is_right.then_some(bytes.into())
}

impl Part {
    /// Reads operand number `i` and adds its values. `None` if it is wrong; the instruction then has an error, unless it is one that
    /// MicroPython does not know with such operands.
    pub fn read(self, instruction: &mut Instruction<'_>, i: usize, values: &mut Vec<i64>) -> Option<()> {
        let operand = instruction.operands[i];
        let value = match self {
            Part::Register(set) => register(instruction, i, operand, set)?,
            Part::Signed { bits, shift, .. } => {
                integer(instruction, i, operand, shift, |value| is_signed(bits, value))?
            }
            Part::Unsigned { bits, shift, .. } => {
                integer(instruction, i, operand, shift, |value| is_unsigned(bits, value))?
            }
            Part::Label(bits) => distance(instruction, i, operand, bits)?,
            Part::Address { bits, base } => {
                values.extend(address(instruction, i, operand, bits, base)?);
                return Some(());
            }
            Part::List => list(instruction, operand)?,
            Part::Adjustment { is_push } => adjustment(instruction, operand, is_push)?,
            Part::Saved => {
                let number = register_of(instruction, operand)?;
                let is_right = SAVED & 1 << number != 0 && !values.contains(&number.into());
                is_right.then_some(number.into())?
            }
        };
        if let Part::Signed { may_be_zero: false, .. } | Part::Unsigned { may_be_zero: false, .. } = self
            && value == 0
        {
            return refuse(instruction, i, Wrong::Zero);
        }
        values.push(value);
        Some(())
    }

    /// The same for who writes it.
    pub fn operand(&self) -> Operand {
        match *self {
            Part::Register(set) => Operand::Word(registers(set)),
            Part::Signed { bits, shift, .. } => signed(bits, shift),
            Part::Unsigned { bits, shift, may_be_zero } => {
                let (most, step) =
                    (i64::from(bits) >> shift, 1 << bits.trailing_zeros() >> shift.min(bits.trailing_zeros() as u8));
                Operand::Integer { least: if may_be_zero { 0 } else { step }, most, step }
            }
            Part::Label(_) => Operand::Label,
            Part::Address { bits, base } => {
                Operand::Displaced { offset: signed(bits, 0).into(), base: registers(base) }
            }
            Part::List => Operand::Word(LISTS.map(String::from).into()),
            Part::Adjustment { is_push: true } => Operand::Integer { least: -48, most: 0, step: 16 },
            Part::Adjustment { is_push: false } => Operand::Integer { least: 0, most: 48, step: 16 },
            Part::Saved => Operand::Word(registers(SAVED)),
        }
    }
}

/// The names of the registers of a set.
fn registers(set: u32) -> Vec<String> {
    let names = NAMES.iter().enumerate().filter(|(number, _)| set & 1 << number != 0);
    names.map(|(_, &name)| name.into()).collect()
}

/// Integers with a sign, of which `bits` hold all.
fn signed(bits: u32, shift: u8) -> Operand {
    if bits == u32::MAX {
        return Operand::Integer { least: i32::MIN.into(), most: u32::MAX.into(), step: 1 };
    }
    let sign = 1_i64 << bits.ilog2() >> shift;
    let step = 1_i64 << bits.trailing_zeros() >> shift;
    Operand::Integer { least: -sign, most: sign - step, step }
}
