//! The formats of RISC-V instructions, as the manual names them: which bits of an instruction hold what.
//!
//! Operands are cut to the bits that a format has for them.

/// A register, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reg(pub u8);

impl Reg {
    pub const ZERO: Reg = Reg(0);
    pub const RA: Reg = Reg(1);
    pub const SP: Reg = Reg(2);
    pub const S0: Reg = Reg(8);
    pub const S1: Reg = Reg(9);
    pub const A0: Reg = Reg(10);
    pub const A1: Reg = Reg(11);
    pub const A2: Reg = Reg(12);
    pub const A3: Reg = Reg(13);
    pub const A4: Reg = Reg(14);
    pub const A5: Reg = Reg(15);
    pub const A6: Reg = Reg(16);
    pub const S2: Reg = Reg(18);
    pub const S3: Reg = Reg(19);
    pub const S4: Reg = Reg(20);

    /// Whether it is one of the eight that every compressed instruction can name.
    pub fn is_compressible(self) -> bool {
        (8..16).contains(&self.0)
    }

    fn at(self, bit: u32) -> u32 {
        u32::from(self.0 & 31) << bit
    }

    /// The three bits that stand for one of the eight.
    fn short_at(self, bit: u32) -> u32 {
        u32::from(self.0 & 7) << bit
    }
}

/// `count` bits of a number from bit `from` on, at bit `to`.
fn bits(number: i32, from: u32, count: u32, to: u32) -> u32 {
    (number as u32 >> from & ((1 << count) - 1)) << to
}

/// Three registers; `function` has the upper seven bits of what to do and below them three more.
pub(crate) fn r(opcode: u32, function: u32, dest: Reg, left: Reg, right: Reg) -> u32 {
    opcode | dest.at(7) | (function & 7) << 12 | left.at(15) | right.at(20) | function >> 3 << 25
}

/// Two registers and a number of twelve bits.
pub(crate) fn i(opcode: u32, function: u32, dest: Reg, source: Reg, number: i32) -> u32 {
    opcode | dest.at(7) | function << 12 | source.at(15) | bits(number, 0, 12, 20)
}

/// A store at a base and a number of twelve bits.
pub(crate) fn s(opcode: u32, function: u32, base: Reg, source: Reg, number: i32) -> u32 {
    opcode | bits(number, 0, 5, 7) | function << 12 | base.at(15) | source.at(20) | bits(number, 5, 7, 25)
}

/// A branch over an even distance of thirteen bits.
pub(crate) fn b(opcode: u32, function: u32, left: Reg, right: Reg, distance: i32) -> u32 {
    let distance =
        bits(distance, 11, 1, 7) | bits(distance, 1, 4, 8) | bits(distance, 5, 6, 25) | bits(distance, 12, 1, 31);
    opcode | function << 12 | left.at(15) | right.at(20) | distance
}

/// A register and the upper twenty bits of a number.
pub(crate) fn u(opcode: u32, dest: Reg, number: i32) -> u32 {
    opcode | dest.at(7) | bits(number, 12, 20, 12)
}

/// A jump over an even distance of 21 bits.
pub(crate) fn j(opcode: u32, dest: Reg, distance: i32) -> u32 {
    let distance =
        bits(distance, 12, 8, 12) | bits(distance, 11, 1, 20) | bits(distance, 1, 10, 21) | bits(distance, 20, 1, 31);
    opcode | dest.at(7) | distance
}

/// Compressed: two registers.
pub(crate) fn cr(opcode: u32, function: u32, dest: Reg, source: Reg) -> u16 {
    (opcode | source.at(2) | dest.at(7) | function << 12) as u16
}

/// Compressed: a register and a number of six bits.
pub(crate) fn ci(opcode: u32, function: u32, dest: Reg, number: i32) -> u16 {
    (opcode | bits(number, 0, 5, 2) | dest.at(7) | bits(number, 5, 1, 12) | function << 13) as u16
}

/// Compressed: a store of a register at the stack pointer and a number of words.
pub(crate) fn css(opcode: u32, function: u32, source: Reg, bytes: i32) -> u16 {
    (opcode | source.at(2) | bits(bytes, 6, 2, 7) | bits(bytes, 2, 4, 9) | function << 13) as u16
}

/// Compressed: the load that belongs to [`css`].
pub(crate) fn ci_words(opcode: u32, function: u32, dest: Reg, bytes: i32) -> u16 {
    ci(opcode, function, dest, (bits(bytes, 6, 2, 0) | bits(bytes, 2, 4, 2)) as i32)
}

/// Compressed: the stack pointer and a number of words.
pub(crate) fn ciw(opcode: u32, function: u32, dest: Reg, bytes: i32) -> u16 {
    let number = bits(bytes, 3, 1, 5) | bits(bytes, 2, 1, 6) | bits(bytes, 6, 4, 7) | bits(bytes, 4, 2, 11);
    (opcode | dest.short_at(2) | number | function << 13) as u16
}

/// Compressed: a register, and a word at a base and a number of words. Loads and stores have the same form.
pub(crate) fn cl(opcode: u32, function: u32, register: Reg, base: Reg, bytes: i32) -> u16 {
    let number = bits(bytes, 6, 1, 5) | bits(bytes, 2, 1, 6) | bits(bytes, 3, 3, 10);
    (opcode | register.short_at(2) | number | base.short_at(7) | function << 13) as u16
}

/// Compressed: a branch over an even distance of nine bits.
pub(crate) fn cb(opcode: u32, function: u32, register: Reg, distance: i32) -> u16 {
    let near = bits(distance, 5, 1, 2) | bits(distance, 1, 2, 3) | bits(distance, 6, 2, 5);
    let far = bits(distance, 3, 2, 10) | bits(distance, 8, 1, 12);
    (opcode | near | register.short_at(7) | far | function << 13) as u16
}

/// Compressed: one of the eight registers and a number of six bits; `function` has two bits of what to do below three others.
pub(crate) fn cb_number(opcode: u32, function: u32, register: Reg, number: i32) -> u16 {
    let number = bits(number, 0, 5, 2) | bits(number, 5, 1, 12);
    (opcode | number | register.short_at(7) | (function & 3) << 10 | function >> 2 << 13) as u16
}

/// Compressed: two of the eight registers. MicroPython keeps only two of the three bits of each, so that the upper four
/// registers become the lower ones.
pub(crate) fn ca(opcode: u32, function: u32, dest: Reg, source: Reg) -> u16 {
    let cut = |register: Reg| Reg(register.0 & 3);
    (opcode | cut(source).short_at(2) | (function & 3) << 5 | cut(dest).short_at(7) | function >> 2 << 10) as u16
}

/// Compressed: a jump over an even distance of twelve bits.
pub(crate) fn cj(opcode: u32, function: u32, distance: i32) -> u16 {
    let near = bits(distance, 5, 1, 2) | bits(distance, 1, 3, 3) | bits(distance, 7, 1, 6) | bits(distance, 6, 1, 7);
    let far = bits(distance, 10, 1, 8) | bits(distance, 8, 2, 9) | bits(distance, 4, 1, 11) | bits(distance, 11, 1, 12);
    (opcode | near | far | function << 13) as u16
}

/// Of the extension Zcmp: a list of registers, and blocks of four words besides their room.
pub(crate) fn cmpp(opcode: u32, function: u32, list: u32, blocks: u32) -> u16 {
    (opcode | (blocks & 3) << 2 | (list & 15) << 4 | function << 8) as u16
}

/// Of the extension Zcmp: two of the registers s0 to s7.
pub(crate) fn cmmv(opcode: u32, function: u32, first: Reg, second: Reg) -> u16 {
    // s0 and s1 are x8 and x9, the others x18 and up.
    let short = |register: Reg| Reg(register.0.wrapping_sub(if register.0 < 16 { 8 } else { 16 }));
    (opcode | short(second).short_at(2) | function << 5 | short(first).short_at(7) | 0x2b << 10) as u16
}
