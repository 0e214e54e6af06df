//! Where the operands of instructions stand.

use super::Code;
use crate::emit::riscv::encode::{self, Reg};
use crate::emit::riscv::{self, major};

/// The format of an instruction, by the name that the manual has for it, and what is fixed in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Encoding {
    /// All of it is fixed: 32 bits.
    Word(u32),
    /// 16 bits.
    Half(u16),
    /// Three registers.
    R(u32),
    /// Two registers and a number, with a major opcode.
    I(u32, u32),
    /// A register, a number and a number that stands in the place of a register, the last of the operands.
    Control(u32),
    /// Two registers and the count of a shift, to whose bits this is added.
    Shift(u32, i32),
    /// A register and an address: loads, and stores.
    Load(u32),
    Store(u32),
    /// Two registers and a distance.
    B(u32),
    /// A register and the upper bits of a number, with a major opcode.
    U(u32),
    /// A register and a distance.
    J,
    /// Compressed: two registers.
    Cr(u32),
    /// A register alone.
    CrOne(u32),
    /// A register and a number, in a quadrant.
    Ci(u32, u32),
    /// The same for the upper bits of a number.
    CiUpper,
    /// A register and an offset from the stack pointer: a load, a store, and the address.
    CiWords,
    Css,
    Ciw,
    /// Two of the eight registers.
    Ca(u32),
    /// One of them and a number.
    CbNumber(u32),
    /// One of them and a distance.
    Cb(u32),
    /// A distance.
    Cj(u32),
    /// Two of them and an offset.
    Cl(u32),
    /// Zcmp: a list of registers and a number, of which MicroPython keeps nothing.
    Cmpp(u32),
    /// Zcmp: two saved registers.
    Cmmv(u32),
    /// Not one instruction: loads a number.
    LoadNumber,
    /// Loads the address of a label.
    LoadAddress,
}

impl Encoding {
    /// Writes the instruction with these values of its operands. `None` if there are fewer than it takes.
    pub fn write(self, code: &mut Code, values: &[i64]) -> Option<()> {
        let number = |i: usize| values.get(i).map(|&value| value as i32);
        let register = |i: usize| values.get(i).map(|&value| Reg(value as u8));
        let word = match self {
            Encoding::Word(word) => word,
            Encoding::R(function) => encode::r(major::OP, function, register(0)?, register(1)?, register(2)?),
            Encoding::I(opcode, function) => encode::i(opcode, function, register(0)?, register(1)?, number(2)?),
            Encoding::Control(function) => encode::i(major::SYSTEM, function, register(0)?, register(2)?, number(1)?),
            Encoding::Shift(function, upper) => {
                encode::i(major::OP_IMM, function, register(0)?, register(1)?, number(2)? | upper)
            }
            Encoding::Load(function) => encode::i(major::LOAD, function, register(0)?, register(2)?, number(1)?),
            Encoding::Store(function) => encode::s(major::STORE, function, register(2)?, register(0)?, number(1)?),
            Encoding::B(function) => encode::b(major::BRANCH, function, register(0)?, register(1)?, number(2)?),
            Encoding::U(opcode) => encode::u(opcode, register(0)?, number(1)?),
            Encoding::J => encode::j(major::JAL, register(0)?, number(1)?),
            Encoding::LoadNumber => {
                riscv::load_number(code, register(0)?, number(1)?);
                return Some(());
            }
            Encoding::LoadAddress => {
                riscv::load_address(code, register(0)?, number(1)?);
                return Some(());
            }
            _ => {
                riscv::write_short(code, self.short(register, number)?);
                return Some(());
            }
        };
        riscv::write(code, word);
        Some(())
    }

    /// Likewise, of those with 16 bits.
    fn short(self, register: impl Fn(usize) -> Option<Reg>, number: impl Fn(usize) -> Option<i32>) -> Option<u16> {
        Some(match self {
            Encoding::Half(half) => half,
            Encoding::Cr(function) => encode::cr(major::C2, function, register(0)?, register(1)?),
            Encoding::CrOne(function) => encode::cr(major::C2, function, register(0)?, Reg::ZERO),
            Encoding::Ci(opcode, function) => encode::ci(opcode, function, register(0)?, number(1)?),
            Encoding::CiUpper => encode::ci(major::C1, 3, register(0)?, number(1)? >> 12),
            Encoding::CiWords => encode::ci_words(major::C2, 2, register(0)?, number(1)?),
            Encoding::Css => encode::css(major::C2, 6, register(0)?, number(1)?),
            Encoding::Ciw => encode::ciw(major::C0, 0, register(0)?, number(1)?),
            Encoding::Ca(function) => encode::ca(major::C1, 0x23 << 2 | function, register(0)?, register(1)?),
            Encoding::CbNumber(function) => encode::cb_number(major::C1, 4 << 2 | function, register(0)?, number(1)?),
            Encoding::Cb(function) => encode::cb(major::C1, function, register(0)?, number(1)?),
            Encoding::Cj(function) => encode::cj(major::C1, function, number(0)?),
            Encoding::Cl(function) => encode::cl(major::C0, function, register(0)?, register(2)?, number(1)?),
            Encoding::Cmpp(function) => encode::cmpp(major::C2, function, number(0)? as u32, number(1)? as u32),
            Encoding::Cmmv(function) => encode::cmmv(major::C2, function, register(0)?, register(1)?),
            _ => return None,
        })
    }
}
