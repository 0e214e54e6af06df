//! The formats of Xtensa instructions, by the names of the manual: which bits of an instruction hold what.
//!
//! Instructions take three bytes, or two if they are narrow. Operands are cut to the bits that a format has for them.

use super::Code;

/// A register, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reg(pub u8);

impl Reg {
    /// The return address.
    pub const A0: Reg = Reg(0);
    /// The stack pointer.
    pub const A1: Reg = Reg(1);
    pub const A2: Reg = Reg(2);
    pub const A3: Reg = Reg(3);
    pub const A4: Reg = Reg(4);
    pub const A5: Reg = Reg(5);
    pub const A6: Reg = Reg(6);
    pub const A7: Reg = Reg(7);
    pub const A8: Reg = Reg(8);
    pub const A9: Reg = Reg(9);
    pub const A10: Reg = Reg(10);
    pub const A11: Reg = Reg(11);
    pub const A12: Reg = Reg(12);
    pub const A13: Reg = Reg(13);
    pub const A14: Reg = Reg(14);
    pub const A15: Reg = Reg(15);

    fn at(self, bit: u32) -> u32 {
        u32::from(self.0 & 15) << bit
    }
}

/// The lowest `count` bits of a number, at bit `to`.
fn bits(number: i32, count: u32, to: u32) -> u32 {
    (number as u32 & ((1 << count) - 1)) << to
}

/// Writes an instruction of three bytes.
pub(crate) fn write(code: &mut Code, instruction: u32) {
    code.write_number(3, instruction.into());
}

/// Writes an instruction of two bytes.
pub(crate) fn write_narrow(code: &mut Code, instruction: u32) {
    code.write_number(2, instruction.into());
}

/// Three registers; `op` has the three parts of the opcode, four bits each, the uppermost first.
pub(crate) fn rrr(op: u32, r: Reg, s: Reg, t: Reg) -> u32 {
    op >> 4 << 16 | op & 15 | t.at(4) | s.at(8) | r.at(12)
}

/// Two registers and a number of eight bits; `r` is a register too, or a part of the opcode.
pub(crate) fn rri8(op0: u32, r: u32, s: Reg, t: Reg, number: i32) -> u32 {
    op0 | t.at(4) | s.at(8) | (r & 15) << 12 | bits(number, 8, 16)
}

/// A register and a number of 16 bits.
pub(crate) fn ri16(op0: u32, t: Reg, number: i32) -> u32 {
    op0 | t.at(4) | bits(number, 16, 8)
}

/// A number of 18 bits.
pub(crate) fn call(op0: u32, number: i32) -> u32 {
    op0 | bits(number, 18, 6)
}

/// A register and a number of twelve bits; `m` and `n` are parts of the opcode, two bits each.
pub(crate) fn bri12(op0: u32, s: Reg, m: u32, n: u32, number: i32) -> u32 {
    op0 | (n & 3) << 4 | (m & 3) << 6 | s.at(8) | bits(number, 12, 12)
}

/// Narrow: three registers, or parts of the opcode.
pub(crate) fn rrrn(op0: u32, r: u32, s: Reg, t: u32) -> u32 {
    op0 | (t & 15) << 4 | s.at(8) | (r & 15) << 12
}

/// Narrow: a register and a number from -32 to 95.
pub(crate) fn ri7(op0: u32, s: Reg, number: i32) -> u32 {
    op0 | number as u32 & 0x70 | s.at(8) | bits(number, 4, 12)
}

pub(crate) fn addi(dest: Reg, source: Reg, number: i32) -> u32 {
    rri8(2, 12, source, dest, number)
}

pub(crate) fn add_n(dest: Reg, left: Reg, right: Reg) -> u32 {
    rrrn(10, dest.0.into(), left, right.0.into())
}

pub(crate) fn sub(dest: Reg, left: Reg, right: Reg) -> u32 {
    rrr(0xc00, dest, left, right)
}

pub(crate) fn movi(dest: Reg, number: i32) -> u32 {
    rri8(2, 10, Reg((number >> 8 & 15) as u8), dest, number)
}

pub(crate) fn movi_n(dest: Reg, number: i32) -> u32 {
    ri7(12, dest, number)
}

/// Loads word number `words` at `base`.
pub(crate) fn l32i_n(dest: Reg, base: Reg, words: u32) -> u32 {
    rrrn(8, words, base, dest.0.into())
}

/// Stores word number `words` at `base`.
pub(crate) fn s32i_n(source: Reg, base: Reg, words: u32) -> u32 {
    rrrn(9, words, base, source.0.into())
}

/// Jumps over `distance` bytes, counted from four bytes on.
pub(crate) fn j(distance: i32) -> u32 {
    call(6, distance)
}
