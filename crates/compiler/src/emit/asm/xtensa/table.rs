//! The table of instructions.

use super::part::Part;
use crate::emit::xtensa::branch::{OfTwo, WithZero};

/// What an instruction does with the values of its operands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operation {
    /// They add their bits to a code of so many bytes.
    Plain { bytes: usize, code: u32 },
    /// Jumps to a label.
    Jump,
    /// Jumps if a register compares with zero.
    BranchZero(WithZero),
    /// Jumps if two registers are so.
    Branch(OfTwo),
    /// Jumps if a bit of a register is set or not.
    BranchBit { is_set: bool },
    /// Calls what is at a label.
    Call,
    /// Loads a number from the constants of the function.
    LoadNumber,
    /// Loads the word at a label.
    LoadLabel,
}

/// An instruction.
#[derive(Debug)]
pub(super) struct Entry {
    pub name: &'static str,
    pub operation: Operation,
    pub parts: &'static [Part],
}

/// The registers by the names of the manual.
const R: Part = Part::Register(12);
const S: Part = Part::Register(8);
const T: Part = Part::Register(4);

/// An offset from a base, after `scale` bits that do not count.
const fn offset(scale: u8) -> Part {
    Part::Offset { least: 0, most: 0xff << scale, scale }
}

/// An integer from `least` to `most`.
const fn integer(least: i32, most: i32, place: fn(u32) -> u32) -> Part {
    Part::Integer { least, most, step: 1, place }
}

/// An offset of up to 15 words.
const WORDS: Part = Part::Integer { least: 0, most: 60, step: 4, place: |bytes| bytes >> 2 << 12 };

/// The low four bits at one bit, a fifth at another.
const fn split(value: u32, low: u32, high: u32) -> u32 {
    (value & 15) << low | (value >> 4 & 1) << high
}

/// An instruction of three bytes; `code` has the three parts of the opcode, the uppermost first, and of the operands those
/// that are fixed.
const fn wide(name: &'static str, code: u32, parts: &'static [Part]) -> Entry {
    Entry { name, operation: Operation::Plain { bytes: 3, code }, parts }
}

/// An instruction of two bytes.
const fn narrow(name: &'static str, code: u32, parts: &'static [Part]) -> Entry {
    Entry { name, operation: Operation::Plain { bytes: 2, code }, parts }
}

const fn branch_zero(name: &'static str, condition: u32) -> Entry {
    Entry { name, operation: Operation::BranchZero(WithZero(condition)), parts: &[S, Part::Label] }
}

const fn branch(name: &'static str, condition: u32) -> Entry {
    Entry { name, operation: Operation::Branch(OfTwo(condition)), parts: &[S, T, Part::Label] }
}

const fn branch_bit(name: &'static str, is_set: bool) -> Entry {
    const BIT: Part = integer(0, 31, |_| 0);
    Entry { name, operation: Operation::BranchBit { is_set }, parts: &[S, BIT, Part::Label] }
}

const fn with(name: &'static str, operation: Operation, parts: &'static [Part]) -> Entry {
    Entry { name, operation, parts }
}

pub(super) static INSTRUCTIONS: &[Entry] = &[
    wide("abs_", 0x60_0100, &[R, T]),
    wide("add", 0x80_0000, &[R, S, T]),
    narrow("add_n", 0x000a, &[R, S, T]),
    wide("addi", 0x00_c002, &[T, S, Part::Offset { least: -128, most: 127, scale: 0 }]),
    // MicroPython lets -1, which stands for 0 too, spread over all operands.
    narrow("addi_n", 0x000b, &[R, S, integer(-1, 15, |value| if value == 0 { !0 << 4 } else { value << 4 })]),
    wide(
        "addmi",
        0x00_d002,
        &[T, S, Part::Integer { least: -0x8000, most: 0x7f00, step: 0x100, place: |value| (value >> 8 & 0xff) << 16 }],
    ),
    wide("addx2", 0x90_0000, &[R, S, T]),
    wide("addx4", 0xa0_0000, &[R, S, T]),
    wide("addx8", 0xb0_0000, &[R, S, T]),
    wide("and_", 0x10_0000, &[R, S, T]),
    branch("ball", 4),
    branch("bany", 8),
    branch("bbc", 5),
    branch_bit("bbci", false),
    branch("bbs", 13),
    branch_bit("bbsi", true),
    branch("beq", 1),
    branch_zero("beqz", 0),
    branch_zero("beqz_n", 0),
    branch("bge", 10),
    branch("bgeu", 11),
    branch_zero("bgez", 3),
    branch("blt", 2),
    branch("bltu", 3),
    branch_zero("bltz", 2),
    branch("bnall", 12),
    branch("bne", 9),
    branch_zero("bnez", 1),
    branch_zero("bnez_n", 1),
    branch("bnone", 0),
    with("call0", Operation::Call, &[Part::Label]),
    wide("callx0", 0x00_00c0, &[S]),
    with("j", Operation::Jump, &[Part::Label]),
    wide("jx", 0x00_00a0, &[S]),
    wide("l16si", 0x00_9002, &[T, S, offset(1)]),
    wide("l16ui", 0x00_1002, &[T, S, offset(1)]),
    wide("l32i", 0x00_2002, &[T, S, offset(2)]),
    narrow("l32i_n", 0x0008, &[T, S, WORDS]),
    with("l32r", Operation::LoadLabel, &[T, Part::Label]),
    wide("l8ui", 0x00_0002, &[T, S, offset(0)]),
    narrow("mov", 0x000d, &[T, S]),
    narrow("mov_n", 0x000d, &[T, S]),
    // Always a constant of the function, even if it is small.
    with("movi", Operation::LoadNumber, &[T, Part::Number]),
    narrow("movi_n", 0x000c, &[S, integer(-32, 95, |value| value & 0x70 | (value & 15) << 12)]),
    wide("mull", 0x82_0000, &[R, S, T]),
    wide("neg", 0x60_0000, &[R, T]),
    wide("nop", 0x00_20f0, &[]),
    narrow("nop_n", 0xf03d, &[]),
    wide("nsa", 0x40_e000, &[T, S]),
    wide("nsau", 0x40_f000, &[T, S]),
    wide("or_", 0x20_0000, &[R, S, T]),
    narrow("ret", 0xf00d, &[]),
    narrow("ret_n", 0xf00d, &[]),
    wide("s16i", 0x00_5002, &[T, S, offset(1)]),
    wide("s32i", 0x00_6002, &[T, S, offset(2)]),
    narrow("s32i_n", 0x0009, &[T, S, WORDS]),
    wide("s8i", 0x00_4002, &[T, S, offset(0)]),
    wide("sll", 0xa1_0000, &[R, S]),
    // The shift is to the right from twice the width.
    wide("slli", 0x01_0000, &[R, S, integer(1, 31, |value| split(32_u32.wrapping_sub(value), 4, 20))]),
    wide("sra", 0xb1_0000, &[R, T]),
    wide("srai", 0x21_0000, &[R, T, integer(0, 31, |value| split(value, 8, 20))]),
    wide("src", 0x81_0000, &[R, S, T]),
    wide("srl", 0x91_0000, &[R, T]),
    wide("srli", 0x41_0000, &[R, T, integer(0, 15, |value| split(value, 8, 20))]),
    wide("ssa8b", 0x40_3000, &[S]),
    wide("ssa8l", 0x40_2000, &[S]),
    wide("ssai", 0x40_4000, &[integer(0, 31, |value| split(value, 8, 4))]),
    wide("ssl", 0x40_1000, &[S]),
    wide("ssr", 0x40_0000, &[S]),
    wide("sub", 0xc0_0000, &[R, S, T]),
    wide("subx2", 0xd0_0000, &[R, S, T]),
    wide("subx4", 0xe0_0000, &[R, S, T]),
    wide("subx8", 0xf0_0000, &[R, S, T]),
    wide("xor", 0x30_0000, &[R, S, T]),
];
