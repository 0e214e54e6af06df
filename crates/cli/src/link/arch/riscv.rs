//! RISC-V. Nothing is relaxed: instructions stay as the compiler wrote them.

use berus_mpy::arch::Arch;
use object::elf::{self, EM_RISCV};

use super::{Field, Form, LE32, Machine, Row, fits, little_endian};

/// 32 bits, with compressed instructions.
pub static RV32IMC: Machine = Machine { arch: Arch::Rv32imc, far_jump: Some((&FAR_JUMP_32, 8)), ..RISCV };
/// 64 bits, with compressed instructions.
pub static RV64IMC: Machine = Machine { arch: Arch::Rv64imc, far_jump: Some((&FAR_JUMP_64, 8)), ..RISCV };

const RISCV: Machine = Machine {
    arch: Arch::Rv32imc,
    elf: EM_RISCV,
    code_align: 2,
    relocations: RELOCATIONS,
    idle_in_got: &[elf::R_RISCV_32, elf::R_RISCV_64],
    jump,
    far_jump: None,
    separate_rodata: false,
    literals: false,
};

const RELOCATIONS: &[Row] = &[
    (elf::R_RISCV_NONE, Form::Nothing),
    (elf::R_RISCV_RELAX, Form::Nothing),
    (elf::R_RISCV_ALIGN, Form::Nothing),
    (elf::R_RISCV_32, Form::Word),
    (elf::R_RISCV_64, Form::Word),
    (elf::R_RISCV_BRANCH, Form::Relative(&BRANCH)),
    (elf::R_RISCV_JAL, Form::Relative(&JAL)),
    (elf::R_RISCV_CALL, Form::Relative(&CALL)),
    (elf::R_RISCV_CALL_PLT, Form::Relative(&CALL)),
    (elf::R_RISCV_RVC_BRANCH, Form::Relative(&SHORT_BRANCH)),
    (elf::R_RISCV_RVC_JUMP, Form::Relative(&SHORT_JUMP)),
    (elf::R_RISCV_32_PCREL, Form::Relative(&LE32)),
    (elf::R_RISCV_PLT32, Form::Relative(&LE32)),
    (elf::R_RISCV_PCREL_HI20, Form::Relative(&HIGH)),
    (elf::R_RISCV_GOT_HI20, Form::GotEntry(&HIGH)),
    (elf::R_RISCV_GOT32_PCREL, Form::GotEntry(&LE32)),
    (elf::R_RISCV_PCREL_LO12_I, Form::OfOther(&LOW)),
    (elf::R_RISCV_PCREL_LO12_S, Form::OfOther(&LOW_STORE)),
    (elf::R_RISCV_ADD8, Form::Absolute(&ADD8)),
    (elf::R_RISCV_ADD16, Form::Absolute(&ADD16)),
    (elf::R_RISCV_ADD32, Form::Absolute(&ADD32)),
    (elf::R_RISCV_ADD64, Form::Absolute(&ADD64)),
    (elf::R_RISCV_SUB6, Form::Absolute(&SUB6)),
    (elf::R_RISCV_SUB8, Form::Absolute(&SUB8)),
    (elf::R_RISCV_SUB16, Form::Absolute(&SUB16)),
    (elf::R_RISCV_SUB32, Form::Absolute(&SUB32)),
    (elf::R_RISCV_SUB64, Form::Absolute(&SUB64)),
    (elf::R_RISCV_SET6, Form::Absolute(&SET6)),
    (elf::R_RISCV_SET8, Form::Absolute(&SET8)),
    (elf::R_RISCV_SET16, Form::Absolute(&SET16)),
    (elf::R_RISCV_SET32, Form::Absolute(&SET32)),
];

/// Splits a distance: what `auipc` adds, and the twelve signed bits that the instruction after it adds.
fn split(distance: i64) -> (u32, u32) {
    (distance.wrapping_add(0x800) as u32 & 0xffff_f000, distance as u32 & 0xfff)
}

/// Whether `auipc` and an instruction after it reach so far.
fn reaches(distance: i64) -> bool {
    fits(distance.saturating_add(0x800), 32)
}

/// Replaces the bits of an instruction that are in `mask`.
fn patch(bytes: &mut [u8], mask: u32, bits: u32) {
    let instruction = (little_endian(bytes) as u32 & !mask | bits & mask).to_le_bytes();
    bytes.copy_from_slice(&instruction[..bytes.len()]);
}

/// A [`Field`] of instructions. RISC-V's relocations always carry their addends.
const fn field(len: usize, set: fn(&mut [u8], i64) -> bool) -> Field {
    Field { len, get: |_| 0, set }
}

/// The upper bits, in `auipc`.
static HIGH: Field = field(4, |bytes, distance| {
    patch(bytes, 0xffff_f000, split(distance).0);
    reaches(distance)
});

/// The lower bits, in an addition or a load.
static LOW: Field = field(4, |bytes, distance| {
    patch(bytes, 0xfff0_0000, split(distance).1 << 20);
    true
});

/// The lower bits, in a store.
static LOW_STORE: Field = field(4, |bytes, distance| {
    let low = split(distance).1;
    patch(bytes, 0xfe00_0f80, low << 20 | (low & 0x1f) << 7);
    true
});

/// `auipc` and `jalr`.
static CALL: Field = field(8, |bytes, distance| {
    let (high, low) = split(distance);
    patch(&mut bytes[..4], 0xffff_f000, high);
    patch(&mut bytes[4..], 0xfff0_0000, low << 20);
    reaches(distance)
});

static JAL: Field = field(4, |bytes, distance| {
    let d = distance as u32;
    let bits = (d & 0x10_0000) << 11 | d & 0xf_f000 | (d & 0x800) << 9 | (d & 0x7fe) << 20;
    patch(bytes, 0xffff_f000, bits);
    fits(distance, 21)
});

static BRANCH: Field = field(4, |bytes, distance| {
    let d = distance as u32;
    let bits = (d & 0x1000) << 19 | (d & 0x800) >> 4 | (d & 0x7e0) << 20 | (d & 0x1e) << 7;
    patch(bytes, 0xfe00_0f80, bits);
    fits(distance, 13)
});

static SHORT_BRANCH: Field = field(2, |bytes, distance| {
    let d = distance as u32;
    let bits = (d & 0x100) << 4 | (d & 0xc0) >> 1 | (d & 0x20) >> 3 | (d & 0x18) << 7 | (d & 0x06) << 2;
    patch(bytes, 0x1c7c, bits);
    fits(distance, 9)
});

static SHORT_JUMP: Field = field(2, |bytes, distance| {
    patch(bytes, 0x1ffc, short_jump_bits(distance as u32));
    fits(distance, 12)
});

fn short_jump_bits(d: u32) -> u32 {
    (d & 0x800) << 1
        | (d & 0x400) >> 2
        | (d & 0x300) << 1
        | (d & 0x80) >> 1
        | (d & 0x40) << 1
        | (d & 0x20) >> 3
        | (d & 0x10) << 7
        | (d & 0x0e) << 2
}

/// Differences in data: an address is added to what is there, or subtracted from it, or takes its place.
macro_rules! arithmetic {
    ($($name:ident: $bits:literal, $value:expr;)*) => {$(
        static $name: Field = field(usize::div_ceil($bits, 8), |bytes, address| {
            let there = little_endian(bytes);
            let mask = u64::MAX >> (64 - $bits);
            let value: fn(u64, u64) -> u64 = $value;
            let result = there & !mask | value(there, address as u64) & mask;
            bytes.copy_from_slice(&result.to_le_bytes()[..bytes.len()]);
            true
        });
    )*};
}

arithmetic! {
    ADD8: 8, u64::wrapping_add;
    ADD16: 16, u64::wrapping_add;
    ADD32: 32, u64::wrapping_add;
    ADD64: 64, u64::wrapping_add;
    SUB6: 6, u64::wrapping_sub;
    SUB8: 8, u64::wrapping_sub;
    SUB16: 16, u64::wrapping_sub;
    SUB32: 32, u64::wrapping_sub;
    SUB64: 64, u64::wrapping_sub;
    SET6: 6, |_, address| address;
    SET8: 8, |_, address| address;
    SET16: 16, |_, address| address;
    SET32: 32, |_, address| address;
}

/// `c.j`, or `auipc t6` and `jalr zero, t6`.
fn jump(target: u64) -> Option<Vec<u8>> {
    let distance = i64::try_from(target).ok()?;
    if fits(distance, 12) {
        return Some((0xa001 | short_jump_bits(distance as u32) as u16).to_le_bytes().to_vec());
    }
    let (high, low) = split(distance);
    let code = [high | 0x0f97, low << 20 | 0x000f_8067];
    reaches(distance).then(|| code.iter().flat_map(|instruction| instruction.to_le_bytes()).collect())
}

/// `auipc a3, 0`; `c.lw a3, 8(a3)`; `c.jr a3`; the word.
const FAR_JUMP_32: [u8; 12] = [0x97, 0x06, 0, 0, 0x94, 0x46, 0x82, 0x86, 0, 0, 0, 0];
/// The same with `c.ld`.
const FAR_JUMP_64: [u8; 16] = [0x97, 0x06, 0, 0, 0x94, 0x66, 0x82, 0x86, 0, 0, 0, 0, 0, 0, 0, 0];
