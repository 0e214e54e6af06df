//! What native code and inline assembler for RISC-V have in common: how instructions are encoded, and how numbers are loaded.

pub(super) mod encode;

use self::encode::Reg;
use super::code::Code;

/// Extensions of the machine, as [`Options::arch_flags`](crate::Options::arch_flags) names them.
pub(super) mod extension {
    /// Additions of a shifted register.
    pub const ZBA: u32 = 1;
    /// Instructions that push and pop several registers.
    pub const ZCMP: u32 = 2;
}

/// Major opcodes, the lowest bits of an instruction.
pub(super) mod major {
    pub const LOAD: u32 = 0x03;
    pub const OP_IMM: u32 = 0x13;
    pub const AUIPC: u32 = 0x17;
    pub const STORE: u32 = 0x23;
    pub const OP: u32 = 0x33;
    pub const LUI: u32 = 0x37;
    pub const BRANCH: u32 = 0x63;
    pub const JALR: u32 = 0x67;
    pub const JAL: u32 = 0x6f;
    pub const SYSTEM: u32 = 0x73;
    /// The three quadrants of compressed instructions.
    pub const C0: u32 = 0;
    pub const C1: u32 = 1;
    pub const C2: u32 = 2;
}

/// What an instruction of three registers does: the seven bits above, the three bits below.
pub(super) mod function {
    pub const ADD: u32 = 0;
    pub const SUB: u32 = 0x20 << 3;
    pub const SLL: u32 = 1;
    pub const SLT: u32 = 2;
    pub const SLTU: u32 = 3;
    pub const XOR: u32 = 4;
    pub const SRL: u32 = 5;
    pub const SRA: u32 = 0x20 << 3 | 5;
    pub const OR: u32 = 6;
    pub const AND: u32 = 7;
    pub const MUL: u32 = 1 << 3;
    /// Shift by one, two or three bits and add: Zba, with the shift from bit 1 on.
    pub const SHIFT_ADD: u32 = 0x10 << 3;
}

/// Whether a number fits into `count` bits with a sign.
pub(super) fn fits(number: i32, count: u32) -> bool {
    (-1 << (count - 1)..1 << (count - 1)).contains(&number)
}

/// A number as two that add up to it: one with the lower twelve bits zero, and one that is extended from twelve bits.
pub(super) fn halves(number: i32) -> (i32, i32) {
    (number.wrapping_add(0x800) & !0xfff, number & 0xfff)
}

pub(super) fn write(code: &mut Code, instruction: u32) {
    code.write(&instruction.to_le_bytes());
}

/// Writes a compressed instruction.
pub(super) fn write_short(code: &mut Code, instruction: u16) {
    code.write(&instruction.to_le_bytes());
}

/// Loads a number in as few bytes as it takes.
pub(super) fn load_number(code: &mut Code, dest: Reg, number: i32) {
    if fits(number, 6) {
        write_short(code, encode::ci(major::C1, 2, dest, number));
    } else if fits(number, 12) {
        write(code, encode::i(major::OP_IMM, 0, dest, Reg::ZERO, number));
    } else {
        load_large(code, dest, number);
    }
}

/// Loads a number that is too large for an instruction.
pub(super) fn load_large(code: &mut Code, dest: Reg, number: i32) {
    let (upper, lower) = halves(number);
    load_upper(code, dest, upper);
    match lower {
        0 => {}
        1..32 => write_short(code, encode::ci(major::C1, 0, dest, lower)),
        _ => write(code, encode::i(major::OP_IMM, 0, dest, dest, lower)),
    }
}

/// Loads a number whose lower twelve bits are zero.
pub(super) fn load_upper(code: &mut Code, dest: Reg, number: i32) {
    if fits(number, 17) && number != 0 {
        write_short(code, encode::ci(major::C1, 3, dest, number >> 12));
    } else {
        write(code, encode::u(major::LUI, dest, number));
    }
}

/// Loads the address that is `distance` bytes from here. The code is of one size, whatever the distance.
pub(super) fn load_address(code: &mut Code, dest: Reg, distance: i32) {
    let (upper, lower) = halves(distance);
    write(code, encode::u(major::AUIPC, dest, upper));
    write(code, encode::i(major::OP_IMM, 0, dest, dest, lower));
}
