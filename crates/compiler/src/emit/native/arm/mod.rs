//! What Arm's machines have in common, those in Arm state ([`a32`]) and those in Thumb state ([`thumb`]): registers, the
//! convention of calls, and conditions.

#[cfg(feature = "armv6")]
pub(super) mod a32;
#[cfg(feature = "thumb")]
pub(super) mod thumb;

use super::assembler::{Comparison, Test};

/// The registers in use, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Reg {
    R0 = 0,
    R1 = 1,
    R2 = 2,
    R3 = 3,
    R4 = 4,
    R5 = 5,
    R6 = 6,
    R7 = 7,
    R8 = 8,
    Sp = 13,
    Lr = 14,
    Pc = 15,
}

use Reg::*;

/// The bytes of a word.
const WORD: u32 = 4;
/// As many as there are with floats in double precision, so that such hosts can run the code of lesser ones.
const NLR_REGISTERS: u32 = 16;
/// Where r4 is.
const NLR_LOCAL: u32 = 3;
const RET: Reg = R0;
const ARGS: [Reg; 4] = [R0, R1, R2, R3];
const TEMPS: [Reg; 3] = [R0, R1, R2];
const LOCALS: [Reg; 3] = [R4, R5, R6];
const FUNCTION_TABLE: Reg = R7;

/// When an instruction does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Condition {
    Equal = 0,
    NotEqual = 1,
    CarrySet = 2,
    CarryClear = 3,
    Higher = 8,
    LowerSame = 9,
    GreaterEqual = 10,
    Less = 11,
    Greater = 12,
    LessEqual = 13,
}

impl Condition {
    fn of(comparison: Comparison, signed: bool) -> Condition {
        match (comparison, signed) {
            (Comparison::Equal, _) => Condition::Equal,
            (Comparison::NotEqual, _) => Condition::NotEqual,
            (Comparison::Less, true) => Condition::Less,
            (Comparison::More, true) => Condition::Greater,
            (Comparison::LessEqual, true) => Condition::LessEqual,
            (Comparison::MoreEqual, true) => Condition::GreaterEqual,
            (Comparison::Less, false) => Condition::CarryClear,
            (Comparison::More, false) => Condition::Higher,
            (Comparison::LessEqual, false) => Condition::LowerSame,
            (Comparison::MoreEqual, false) => Condition::CarrySet,
        }
    }

    /// What holds for a register that passes `test`, after it was compared with zero.
    fn after(test: Test) -> Condition {
        if test.is_of_zero() { Condition::Equal } else { Condition::NotEqual }
    }

    fn number(self) -> u8 {
        self as u8
    }

    /// The number of the opposite condition.
    fn opposite(self) -> u8 {
        self as u8 ^ 1
    }
}

/// The bits of a set of registers.
const fn set(registers: &[Reg]) -> u32 {
    let mut bits = 0;
    let mut i = 0;
    while i < registers.len() {
        bits |= 1 << registers[i] as u32;
        i += 1;
    }
    bits
}
