//! Operands: which bits of an instruction they are, and how they are written.

use super::registers;

/// An operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A register, in field `r`, `s` or `t`.
    R,
    S,
    T,
    /// A boolean register.
    Br,
    Bs,
    Bt,
    /// Four or eight boolean registers.
    Bs4,
    Bs8,
    /// A register for numbers with a point.
    Fr,
    Fs,
    Ft,
    /// A register of the multiplier: any, one of the first two, one of the last two.
    Mw,
    Mx,
    My,
    /// A register of the system.
    Special,
    /// A register of an extension, where the instruction writes it, and where it reads it.
    User,
    UserRead,
    /// An address in the code.
    Call,
    Jump,
    Branch12,
    Branch8,
    BranchNarrow,
    LoopEnd,
    /// The address of a word in front of the code.
    Literal,
    /// A distance in bytes, words of so many bytes in the instruction.
    Offset1,
    Offset2,
    Offset4,
    OffsetNarrow,
    OffsetWindow,
    OffsetLine,
    /// A number.
    Field4,
    Field8,
    Signed8,
    Signed8x256,
    Movi,
    MoviNarrow,
    AddiNarrow,
    Compared,
    ComparedUnsigned,
    Bit,
    ShiftLeft,
    ShiftRight,
    Ssai,
    ExtractFrom,
    ExtractBits,
    FromSeven,
    Entry,
    Rotate,
}

use Part::*;

/// The numbers that instructions compare with; the unsigned ones differ in the first two.
const COMPARED: [i64; 16] = [-1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256];

/// `count` bits of an instruction.
fn bits(instruction: u32, first: u32, count: u32) -> i64 {
    i64::from(instruction >> first & ((1 << count) - 1))
}

/// The same as a signed number.
fn signed(instruction: u32, first: u32, count: u32) -> i64 {
    let value = bits(instruction, first, count);
    value - (value >> (count - 1) << count)
}

/// Neighbouring boolean registers.
fn several(first: i64, count: i64) -> String {
    let names: Vec<_> = (first..first + count).map(|number| format!("b{number}")).collect();
    names.join(":")
}

impl Part {
    /// The register that it is.
    pub fn register(self, instruction: u32) -> Option<u8> {
        let first = match self {
            R => 12,
            S => 8,
            T => 4,
            _ => return None,
        };
        Some(bits(instruction, first, 4) as u8)
    }

    /// The address in the code that it is, for an instruction at an offset of the code.
    pub fn address(self, instruction: u32, offset: i64) -> Option<i64> {
        let next = offset + 4;
        Some(match self {
            Call => (offset & !3) + 4 + 4 * signed(instruction, 6, 18),
            Jump => next + signed(instruction, 6, 18),
            Branch12 => next + signed(instruction, 12, 12),
            Branch8 => next + signed(instruction, 16, 8),
            BranchNarrow => next + (bits(instruction, 4, 2) << 4 | bits(instruction, 12, 4)),
            LoopEnd => next + bits(instruction, 16, 8),
            // It is always before the instruction.
            Literal => ((offset + 3) & !3) + 4 * (bits(instruction, 8, 16) - 0x1_0000),
            _ => return None,
        })
    }

    /// The number that it is.
    pub fn number(self, instruction: u32) -> Option<i64> {
        let bits = |first, count| bits(instruction, first, count);
        Some(match self {
            Offset1 => bits(16, 8),
            Offset2 => 2 * bits(16, 8),
            Offset4 => 4 * bits(16, 8),
            OffsetNarrow => 4 * bits(12, 4),
            OffsetWindow => 4 * bits(12, 4) - 64,
            OffsetLine => 16 * bits(20, 4),
            Field4 => bits(4, 4),
            Field8 => bits(8, 4),
            Signed8 => signed(instruction, 16, 8),
            Signed8x256 => 256 * signed(instruction, 16, 8),
            Movi => signed(instruction, 8, 4) << 8 | bits(16, 8),
            MoviNarrow => {
                let number = bits(4, 3) << 4 | bits(12, 4);
                if number < 96 { number } else { number - 128 }
            }
            AddiNarrow => match bits(4, 4) {
                0 => -1,
                number => number,
            },
            Compared => COMPARED[bits(12, 4) as usize],
            ComparedUnsigned => match bits(12, 4) {
                0 => 0x8000,
                1 => 0x1_0000,
                number => COMPARED[number as usize],
            },
            Bit => bits(12, 1) << 4 | bits(4, 4),
            ShiftLeft => 32 - (bits(20, 1) << 4 | bits(4, 4)),
            ShiftRight => bits(20, 1) << 4 | bits(8, 4),
            Ssai => bits(4, 1) << 4 | bits(8, 4),
            ExtractFrom => bits(16, 1) << 4 | bits(8, 4),
            ExtractBits => bits(20, 4) + 1,
            FromSeven => bits(4, 4) + 7,
            Entry => 8 * bits(12, 12),
            Rotate => signed(instruction, 4, 4),
            _ => return None,
        })
    }

    /// How it is written. `None` if there is no such register.
    pub fn text(self, instruction: u32, offset: i64) -> Option<String> {
        if let Some(register) = self.register(instruction) {
            return Some(format!("a{register}"));
        }
        if let Some(address) = self.address(instruction, offset) {
            return Some(if address < 0 { format!("-{:#x}", -address) } else { format!("{address:#x}") });
        }
        if let Some(number) = self.number(instruction) {
            return Some(number.to_string());
        }
        let bits = |first, count| bits(instruction, first, count);
        Some(match self {
            Br => format!("b{}", bits(12, 4)),
            Bs => format!("b{}", bits(8, 4)),
            Bt => format!("b{}", bits(4, 4)),
            Bs4 => several(bits(8, 4) & !3, 4),
            Bs8 => several(bits(8, 4) & !7, 8),
            Fr => format!("f{}", bits(12, 4)),
            Fs => format!("f{}", bits(8, 4)),
            Ft => format!("f{}", bits(4, 4)),
            Mw => format!("m{}", bits(12, 2)),
            Mx => format!("m{}", bits(14, 1)),
            My => format!("m{}", bits(6, 1) + 2),
            Special => registers::special(bits(8, 8) as u8)?.into_owned(),
            User => registers::user(bits(8, 8) as u8)?.to_owned(),
            UserRead => registers::user(bits(4, 8) as u8)?.to_owned(),
            _ => return None,
        })
    }
}
