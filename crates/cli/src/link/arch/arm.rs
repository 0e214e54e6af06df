//! Arm processors: those that execute Arm instructions, and those that execute Thumb instructions.

use berus_mpy::arch::Arch;
use object::elf::{self, EM_ARM};

use super::{Field, Form, LE32, Machine, Row, fits, little_endian};

/// Processors that execute Arm instructions.
pub static ARMV6: Machine = Machine {
    code_align: 4,
    relocations: RELOCATIONS_ARM,
    jump: arm_jump,
    far_jump: Some((&FAR_JUMP_ARM, 4)),
    ..thumb(Arch::Armv6)
};
/// Processors without the longer jumps of Thumb-2.
pub static ARMV6M: Machine = Machine { jump: short_jump, ..thumb(Arch::Armv6m) };
/// Processors without floats.
pub static ARMV7M: Machine = thumb(Arch::Armv7m);
/// Processors without floats that have instructions for signals.
pub static ARMV7EM: Machine = thumb(Arch::Armv7em);
/// Processors with single-precision floats.
pub static ARMV7EMSP: Machine = thumb(Arch::Armv7emsp);
/// Processors with double-precision floats.
pub static ARMV7EMDP: Machine = thumb(Arch::Armv7emdp);

const fn thumb(arch: Arch) -> Machine {
    Machine {
        arch,
        elf: EM_ARM,
        code_align: 2,
        relocations: RELOCATIONS_THUMB,
        idle_in_got: &[],
        jump: long_jump,
        far_jump: Some((&FAR_JUMP_THUMB, 4)),
        separate_rodata: false,
        literals: false,
    }
}

const RELOCATIONS_ARM: &[Row] = &[
    (elf::R_ARM_NONE, Form::Nothing),
    (elf::R_ARM_ABS32, Form::Word),
    (elf::R_ARM_REL32, Form::Relative(&LE32)),
    (elf::R_ARM_CALL, Form::Relative(&BRANCH_ARM)),
    (elf::R_ARM_JUMP24, Form::Relative(&BRANCH_ARM)),
    (elf::R_ARM_PLT32, Form::Relative(&BRANCH_ARM)),
    (elf::R_ARM_GOT32, Form::GotOffset(&LE32)),
    (elf::R_ARM_GOT_PREL, Form::GotEntry(&LE32)),
    (elf::R_ARM_GOTPC, Form::Got(&LE32)),
];

const RELOCATIONS_THUMB: &[Row] = &[
    (elf::R_ARM_NONE, Form::Nothing),
    (elf::R_ARM_ABS32, Form::Word),
    (elf::R_ARM_REL32, Form::Relative(&LE32)),
    (elf::R_ARM_THM_PC22, Form::Relative(&BRANCH_THUMB)),
    (elf::R_ARM_THM_JUMP24, Form::Relative(&BRANCH_THUMB)),
    (elf::R_ARM_GOT32, Form::GotOffset(&LE32)),
    (elf::R_ARM_GOT_PREL, Form::GotEntry(&LE32)),
    (elf::R_ARM_GOTPC, Form::Got(&LE32)),
];

/// The distance in `bl` and `b` of Arm instructions: 24 bits of words.
static BRANCH_ARM: Field = Field {
    len: 4,
    get: |bytes| i64::from((little_endian(bytes) as u32) << 8) << 32 >> 38,
    set: |bytes, distance| {
        let condition = little_endian(bytes) as u32 & 0xff00_0000;
        bytes.copy_from_slice(&(condition | (distance >> 2) as u32 & 0x00ff_ffff).to_le_bytes());
        fits(distance, 26) && distance % 4 == 0
    },
};

/// The distance in `bl` and `b.w`: eleven bits of halfwords in each half, as before Thumb-2 had three bits more.
static BRANCH_THUMB: Field = Field {
    len: 4,
    get: |bytes| {
        let (high, low) = (little_endian(&bytes[..2]) & 0x7ff, little_endian(&bytes[2..]) & 0x7ff);
        let distance = (high << 12 | low << 1) as i64;
        if distance >= 0x40_0000 { distance - 0x80_0000 } else { distance }
    },
    set: |bytes, distance| {
        let half = |bytes: &mut [u8], bits: i64| {
            let rest = little_endian(bytes) as u16 & 0xf800;
            bytes.copy_from_slice(&(rest | bits as u16 & 0x7ff).to_le_bytes());
        };
        half(&mut bytes[..2], distance >> 12);
        half(&mut bytes[2..], distance >> 1);
        fits(distance, 23)
    },
};

/// `b` of Arm instructions.
fn arm_jump(target: u64) -> Option<Vec<u8>> {
    let distance = i64::try_from(target).ok()? - 8;
    let code = 0xea00_0000 | (distance >> 2) as u32 & 0x00ff_ffff;
    (fits(distance, 26) && distance % 4 == 0).then(|| code.to_le_bytes().to_vec())
}

/// `b`, eleven bits of halfwords.
fn near_jump(distance: i64) -> Option<Vec<u8>> {
    fits(distance, 12).then(|| halfwords(&[0xe000 | (distance >> 1) & 0x7ff]))
}

/// `b`, or `b.w`.
fn long_jump(target: u64) -> Option<Vec<u8>> {
    let distance = i64::try_from(target).ok()? - 4;
    let far = || {
        fits(distance, 23).then(|| halfwords(&[0xf000 | (distance >> 12) & 0x7ff, 0xb800 | (distance >> 1) & 0x7ff]))
    };
    near_jump(distance).or_else(far)
}

/// `b`, or `push {r0, lr}`, `bl` and `pop {r0, pc}`.
fn short_jump(target: u64) -> Option<Vec<u8>> {
    let distance = i64::try_from(target).ok()? - 4;
    let far = || {
        let distance = distance - 2;
        let (high, low) = (0xf000 | (distance >> 12) & 0x7ff, 0xf800 | (distance >> 1) & 0x7ff);
        fits(distance, 23).then(|| halfwords(&[0xb501, high, low, 0xbd01]))
    };
    near_jump(distance).or_else(far)
}

fn halfwords(halfwords: &[i64]) -> Vec<u8> {
    halfwords.iter().flat_map(|&halfword| (halfword as u16).to_le_bytes()).collect()
}

/// `ldr pc, [pc, #-4]`; the word.
const FAR_JUMP_ARM: [u8; 8] = [0x04, 0xf0, 0x1f, 0xe5, 0, 0, 0, 0];
/// `ldr r3, [pc, #0]`; `bx r3`; the word.
const FAR_JUMP_THUMB: [u8; 8] = [0x00, 0x4b, 0x18, 0x47, 0, 0, 0, 0];
