//! Xtensa. Addresses and large numbers are loaded from words in front of the code (`l32r`).

use berus_mpy::arch::Arch;
use object::elf::{self, EM_XTENSA};

use super::{Field, Form, LE32, Machine, Row, fits, little_endian};

/// Processors where all functions have the same registers.
pub static XTENSA: Machine = Machine {
    arch: Arch::Xtensa,
    elf: EM_XTENSA,
    code_align: 1,
    relocations: RELOCATIONS,
    idle_in_got: &[],
    jump,
    far_jump: None,
    separate_rodata: false,
    literals: true,
};
/// Processors where each function has a window of many registers. Their code memory takes whole words only.
pub static XTENSAWIN: Machine = Machine { arch: Arch::Xtensawin, separate_rodata: true, ..XTENSA };

/// Assemblers resolve the differences themselves, and mark what a linker may shorten.
const RELOCATIONS: &[Row] = &[
    (elf::R_XTENSA_NONE, Form::Nothing),
    (elf::R_XTENSA_32, Form::Word),
    (elf::R_XTENSA_PLT, Form::Word),
    (elf::R_XTENSA_32_PCREL, Form::Relative(&LE32)),
    (elf::R_XTENSA_SLOT0_OP, Form::Relative(&OPERAND)),
    (elf::R_XTENSA_ASM_EXPAND, Form::Nothing),
    (elf::R_XTENSA_ASM_SIMPLIFY, Form::Nothing),
    (elf::R_XTENSA_DIFF8, Form::Nothing),
    (elf::R_XTENSA_DIFF16, Form::Nothing),
    (elf::R_XTENSA_DIFF32, Form::Nothing),
    (elf::R_XTENSA_PDIFF8, Form::Nothing),
    (elf::R_XTENSA_PDIFF16, Form::Nothing),
    (elf::R_XTENSA_PDIFF32, Form::Nothing),
    (elf::R_XTENSA_NDIFF8, Form::Nothing),
    (elf::R_XTENSA_NDIFF16, Form::Nothing),
    (elf::R_XTENSA_NDIFF32, Form::Nothing),
];

/// The operand of an instruction that is an address. Which bits hold the distance, and from where, depends on the instruction
/// (Xtensa Instruction Set Architecture, chapter 7).
static OPERAND: Field = Field {
    len: 3,
    // Relocations carry the addend.
    get: |_| 0,
    set: |bytes, distance| {
        let there = little_endian(bytes) as u32;
        // Calls and loads are relative to words. The distance is to a word, so that its remainder is that of the program counter.
        let (from_next, words) = (distance.wrapping_sub(4), distance.wrapping_add(3) >> 2);
        // The lowest bit of the distance in the instruction, how many bits there are, the distance, and whether it fits.
        let (first, bits, value, fits) = match (there & 0xf, there >> 4 & 0xf) {
            // `l32r` reaches backwards only.
            (1, _) => (8, 16, distance >> 2, (-0x1_0000..0).contains(&(distance >> 2))),
            // `call0`, `call4`, `call8`, `call12`
            (5, _) => (6, 18, words - 1, fits(words - 1, 18)),
            // `j`
            (6, 0 | 4 | 8 | 12) => (6, 18, from_next, fits(from_next, 18)),
            // `beqz` and the like
            (6, 1 | 5 | 9 | 13) => (12, 12, from_next, fits(from_next, 12)),
            // `loop` and the like go forwards only, as `beqz.n` and `bnez.n` do.
            (6, 7) if there >> 12 & 0xf >= 8 => (16, 8, from_next, (0..0x100).contains(&from_next)),
            // `entry` has no address.
            (6, 3) => (0, 0, 0, false),
            // `beqi`, `bt`, `bltui` and the like; `beq` and the like
            (6 | 7, _) => (16, 8, from_next, fits(from_next, 8)),
            (0xc, 8..) => {
                let bits = (from_next >> 4 & 3) << 4 | (from_next & 0xf) << 12;
                let instruction = there & !0xf030 | bits as u32;
                bytes.copy_from_slice(&instruction.to_le_bytes()[..3]);
                return (0..0x40).contains(&from_next);
            }
            _ => (0, 0, 0, false),
        };
        let mask = (1u32 << bits) - 1;
        let instruction = there & !(mask << first) | (value as u32 & mask) << first;
        bytes.copy_from_slice(&instruction.to_le_bytes()[..3]);
        fits
    },
};

/// `j`
fn jump(target: u64) -> Option<Vec<u8>> {
    let distance = i64::try_from(target).ok()? - 4;
    let code = ((distance as u32) << 6 | 6).to_le_bytes();
    fits(distance, 18).then(|| code[..3].to_vec())
}
