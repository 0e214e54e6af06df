//! The table of instructions.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::Instruction;
use super::part::{Branch, Part};

/// What a machine must have for an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    /// The instructions of Armv7-M.
    Armv7m,
    /// Floating point in single precision.
    Floats,
}

/// What an instruction is called.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name {
    Plain(&'static str),
    /// `b`, a condition, and this. The number of the condition stands at the bit `at`.
    Branch {
        suffix: &'static str,
        at: u8,
    },
    /// `it`, and up to three letters that say when the instructions that follow run: `t`, if the condition holds, or `e`.
    IfThen,
}

/// An instruction.
#[derive(Debug)]
pub(super) struct Entry {
    pub name: Name,
    pub needs: Needs,
    /// What operands add their bits to. If it is more than 16 bits, the upper ones come first.
    pub code: u32,
    pub parts: &'static [Part],
}

/// The conditions, by their numbers.
pub(super) const CONDITIONS: [&str; 14] =
    ["eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"];

/// The number of a condition.
pub(super) fn condition(name: &[u8]) -> Option<u32> {
    CONDITIONS.iter().position(|condition| condition.as_bytes() == name).map(|number| number as u32)
}

/// What makes `movt` of `movw`.
pub(super) const TOP: u32 = 0x0080_0000;

/// A low register at bit `at`.
const fn low(at: u8) -> Part {
    Part::Register { most: 7, at }
}

/// Any register at bit `at`.
const fn any(at: u8) -> Part {
    Part::Register { most: 15, at }
}

/// An integer of the bits of `mask`, without its lowest `scale` bits at bit `at`.
const fn integer(mask: u32, scale: u8, at: u8) -> Part {
    Part::Integer { mask, scale, at }
}

/// Where loads and stores of 16 bits have their addresses.
const fn near(mask: u32, scale: u8) -> Part {
    Part::Address { most: 7, base: 3, mask, scale, offset: 6, is_essential: true }
}

/// Where those of 32 bits have them.
const fn far(most: u8, mask: u32) -> Part {
    Part::Address { most, base: 16, mask, scale: 2, offset: 0, is_essential: false }
}

/// The registers of floats: the result, and the first and the second operand.
const D: Part = Part::Float { at: 12, low: 22 };
const N: Part = Part::Float { at: 16, low: 7 };
const M: Part = Part::Float { at: 0, low: 5 };

const fn plain(name: &'static str, code: u32, parts: &'static [Part]) -> Entry {
    Entry { name: Name::Plain(name), needs: Needs::Nothing, code, parts }
}

const fn armv7m(name: &'static str, code: u32, parts: &'static [Part]) -> Entry {
    Entry { name: Name::Plain(name), needs: Needs::Armv7m, code, parts }
}

const fn floats(name: &'static str, code: u32, parts: &'static [Part]) -> Entry {
    Entry { name: Name::Plain(name), needs: Needs::Floats, code, parts }
}

pub(super) static INSTRUCTIONS: &[Entry] = &[
    plain("nop", 0xbf00, &[]),
    plain("wfi", 0xbf30, &[]),
    plain("cpsid", 0xb672, &[Part::Interrupts]),
    plain("cpsie", 0xb662, &[Part::Interrupts]),
    // Control.
    plain("b", 0xe000, &[Part::Label(Branch::Near)]),
    plain("bl", 0xf000_f800, &[Part::Label(Branch::Link)]),
    plain("bx", 0x4700, &[any(3)]),
    Entry {
        name: Name::Branch { suffix: "", at: 8 },
        needs: Needs::Nothing,
        code: 0xd000,
        parts: &[Part::Label(Branch::Conditional)],
    },
    Entry {
        name: Name::Branch { suffix: "_n", at: 8 },
        needs: Needs::Nothing,
        code: 0xd000,
        parts: &[Part::Label(Branch::Conditional)],
    },
    Entry {
        name: Name::Branch { suffix: "_w", at: 22 },
        needs: Needs::Armv7m,
        code: 0xf000_8000,
        parts: &[Part::Label(Branch::Wide)],
    },
    Entry { name: Name::IfThen, needs: Needs::Armv7m, code: 0xbf00, parts: &[Part::Condition] },
    plain("push", 0xb400_0000, &[Part::Registers { own: 14, wide: 0xe92d_0000 }]),
    plain("pop", 0xbc00_0000, &[Part::Registers { own: 15, wide: 0xe8bd_0000 }]),
    // Moves.
    plain("mov", 0x4600, &[Part::Split, any(3)]),
    plain("mov", 0x2000, &[low(8), integer(0xff, 0, 0)]),
    armv7m("movw", 0xf240_0000, &[any(8), Part::Half]),
    armv7m("movt", 0xf240_0000 | TOP, &[any(8), Part::Half]),
    armv7m("movwt", 0xf240_0000, &[any(8), Part::Halves]),
    armv7m("mrs", 0xf3ef_8000, &[Part::Register { most: 12, at: 8 }, Part::Special]),
    // Arithmetic.
    plain("add", 0x3000, &[low(8), integer(0xff, 0, 0)]),
    plain("add", 0x1800, &[low(0), low(3), low(6)]),
    plain("add", 0x1c00, &[low(0), low(3), integer(7, 0, 6)]),
    plain("sub", 0x3800, &[low(8), integer(0xff, 0, 0)]),
    plain("sub", 0x1a00, &[low(0), low(3), low(6)]),
    plain("sub", 0x1e00, &[low(0), low(3), integer(7, 0, 6)]),
    plain("cmp", 0x2800, &[low(8), integer(0xff, 0, 0)]),
    plain("lsl", 0x0000, &[low(0), low(3), integer(0x1f, 0, 6)]),
    plain("lsr", 0x0800, &[low(0), low(3), integer(0x1f, 0, 6)]),
    plain("asr", 0x1000, &[low(0), low(3), integer(0x1f, 0, 6)]),
    plain("and_", 0x4000, &[low(0), low(3)]),
    plain("eor", 0x4040, &[low(0), low(3)]),
    plain("lsl", 0x4080, &[low(0), low(3)]),
    plain("lsr", 0x40c0, &[low(0), low(3)]),
    plain("asr", 0x4100, &[low(0), low(3)]),
    plain("adc", 0x4140, &[low(0), low(3)]),
    plain("sbc", 0x4180, &[low(0), low(3)]),
    plain("ror", 0x41c0, &[low(0), low(3)]),
    plain("tst", 0x4200, &[low(0), low(3)]),
    plain("neg", 0x4240, &[low(0), low(3)]),
    plain("cmp", 0x4280, &[low(0), low(3)]),
    plain("cmn", 0x42c0, &[low(0), low(3)]),
    plain("orr", 0x4300, &[low(0), low(3)]),
    plain("mul", 0x4340, &[low(0), low(3)]),
    plain("bic", 0x4380, &[low(0), low(3)]),
    plain("mvn", 0x43c0, &[low(0), low(3)]),
    armv7m("clz", 0xfab0_f080, &[any(8), Part::Twice]),
    armv7m("rbit", 0xfa90_f0a0, &[any(8), Part::Twice]),
    armv7m("sdiv", 0xfb90_f0f0, &[any(8), any(16), any(0)]),
    armv7m("udiv", 0xfbb0_f0f0, &[any(8), any(16), any(0)]),
    // Memory.
    plain("ldr", 0x6800, &[low(0), near(0x7c, 2)]),
    plain("ldrb", 0x7800, &[low(0), near(0x1f, 0)]),
    plain("ldrh", 0x8800, &[low(0), near(0x3e, 1)]),
    plain("str", 0x6000, &[low(0), near(0x7c, 2)]),
    plain("strb", 0x7000, &[low(0), near(0x1f, 0)]),
    plain("strh", 0x8000, &[low(0), near(0x3e, 1)]),
    armv7m("ldrex", 0xe850_0f00, &[any(12), far(15, 0xff)]),
    armv7m("strex", 0xe840_0000, &[any(8), any(12), far(15, 0xff)]),
    // Floats.
    floats("vcmp", 0xeeb4_0ac0, &[D, M]),
    floats("vsqrt", 0xeeb1_0ac0, &[D, M]),
    floats("vneg", 0xeeb1_0a40, &[D, M]),
    floats("vcvt_f32_s32", 0xeeb8_0ac0, &[D, M]),
    floats("vcvt_s32_f32", 0xeebd_0ac0, &[D, M]),
    floats("vmrs", 0xeef1_0a10, &[Part::Flags, Part::Status]),
    floats("vmov", 0xee10_0a10, &[Part::Numbered { at: 12 }, N]),
    floats("vmov", 0xee00_0a10, &[N, any(12)]),
    floats("vldr", 0xed90_0a00, &[D, far(7, 0x3fc)]),
    floats("vstr", 0xed80_0a00, &[D, far(7, 0x3fc)]),
    floats("vadd", 0xee30_0a00, &[D, N, M]),
    floats("vsub", 0xee30_0a40, &[D, N, M]),
    floats("vmul", 0xee20_0a00, &[D, N, M]),
    floats("vdiv", 0xee80_0a00, &[D, N, M]),
];

impl Name {
    /// What the name adds to the code, if it is `name`.
    pub fn bits(self, name: &[u8]) -> Option<u32> {
        match self {
            Name::Plain(plain) => (plain.as_bytes() == name).then_some(0),
            Name::Branch { suffix, at } => {
                let name = name.strip_prefix(b"b")?.strip_suffix(suffix.as_bytes())?;
                Some(condition(name)? << at)
            }
            Name::IfThen => {
                let letters = name.strip_prefix(b"it")?;
                let is_right = letters.len() <= 3 && letters.iter().all(|letter| matches!(letter, b't' | b'e'));
                is_right.then_some(0)
            }
        }
    }

    /// All names that it can be.
    pub fn all(self) -> Vec<String> {
        match self {
            Name::Plain(plain) => vec![plain.into()],
            Name::Branch { suffix, .. } => CONDITIONS.iter().map(|condition| format!("b{condition}{suffix}")).collect(),
            Name::IfThen => {
                let mut names = vec![String::from("it")];
                let mut from = 0;
                for _ in 0..3 {
                    let to = names.len();
                    for i in from..to {
                        names.extend(["t", "e"].map(|letter| format!("{}{letter}", names[i])));
                    }
                    from = to;
                }
                names
            }
        }
    }
}

impl Entry {
    /// Whether operand number `number` looks like one of this form.
    pub fn suits(&self, instruction: &Instruction<'_>, number: usize) -> bool {
        let name = instruction.identifier(instruction.operands[number]);
        match self.parts[number] {
            Part::Numbered { .. } => name.starts_with(b"r"),
            Part::Float { .. } => !name.starts_with(b"r"),
            Part::Register { .. } | Part::Split | Part::Twice | Part::Special => !name.is_empty(),
            Part::Flags | Part::Status => true,
            _ => name.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_pattern_are_found_by_each_name_that_they_have() {
        for entry in INSTRUCTIONS {
            let names = entry.name.all();
            assert!(names.iter().all(|name| entry.name.bits(name.as_bytes()).is_some()));
        }
        assert_eq!(Name::IfThen.all().len(), 1 + 2 + 4 + 8);
        assert_eq!(Name::Branch { suffix: "_n", at: 8 }.bits(b"bge_n"), Some(0xa00));
        for name in ["b", "bal", "bge", "bge_w", "bge_n_n"] {
            assert_eq!(Name::Branch { suffix: "_n", at: 8 }.bits(name.as_bytes()), None, "{name}");
        }
        for name in ["i", "itx", "ittttt"] {
            assert_eq!(Name::IfThen.bits(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn operands_have_bits_of_their_own() {
        for entry in INSTRUCTIONS {
            let mut taken = entry.code;
            for part in entry.parts {
                assert_eq!(taken & part.mask(), 0, "{entry:?}");
                taken |= part.mask();
            }
        }
    }
}
