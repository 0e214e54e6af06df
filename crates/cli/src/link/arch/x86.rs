//! x86, of 32 bits and of 64.

use berus_mpy::arch::Arch;
use object::elf::{self, EM_386, EM_X86_64};

use super::{Form, LE32, LE64, Machine, Row, fits};

/// 32 bits.
pub static X86: Machine = Machine {
    arch: Arch::X86,
    elf: EM_386,
    code_align: 1,
    relocations: RELOCATIONS_32,
    idle_in_got: &[elf::R_386_PC32],
    far_jump: Some((&FAR_JUMP_32, 4)),
    ..X64
};

/// 64 bits.
pub static X64: Machine = Machine {
    arch: Arch::X64,
    elf: EM_X86_64,
    code_align: 1,
    relocations: RELOCATIONS_64,
    idle_in_got: &[],
    jump,
    far_jump: Some((&FAR_JUMP_64, 8)),
    separate_rodata: false,
    literals: false,
};

const RELOCATIONS_32: &[Row] = &[
    (elf::R_386_NONE, Form::Nothing),
    (elf::R_386_32, Form::Word),
    (elf::R_386_PC32, Form::Relative(&LE32)),
    (elf::R_386_PLT32, Form::Relative(&LE32)),
    (elf::R_386_GOT32, Form::GotOffset(&LE32)),
    (elf::R_386_GOT32X, Form::GotOffset(&LE32)),
    (elf::R_386_GOTOFF, Form::FromGot(&LE32)),
    (elf::R_386_GOTPC, Form::Got(&LE32)),
];

const RELOCATIONS_64: &[Row] = &[
    (elf::R_X86_64_NONE, Form::Nothing),
    (elf::R_X86_64_64, Form::Word),
    (elf::R_X86_64_PC32, Form::Relative(&LE32)),
    (elf::R_X86_64_PLT32, Form::Relative(&LE32)),
    (elf::R_X86_64_PC64, Form::Relative(&LE64)),
    (elf::R_X86_64_GOTPCREL, Form::GotEntry(&LE32)),
    (elf::R_X86_64_GOTPCRELX, Form::GotEntry(&LE32)),
    (elf::R_X86_64_REX_GOTPCRELX, Form::GotEntry(&LE32)),
];

/// `jmp` with a displacement of one byte, or of four.
fn jump(target: u64) -> Option<Vec<u8>> {
    let target = i64::try_from(target).ok()?;
    let (short, long) = (target - 2, target - 5);
    if fits(short, 8) {
        Some(vec![0xeb, short as u8])
    } else if fits(long, 32) {
        let mut code = vec![0xe9];
        code.extend((long as u32).to_le_bytes());
        Some(code)
    } else {
        None
    }
}

/// `nop` three times, so that the word is aligned; `mov eax, word`; `jmp eax`.
const FAR_JUMP_32: [u8; 10] = [0x90, 0x90, 0x90, 0xb8, 0, 0, 0, 0, 0xff, 0xe0];
/// `nop` six times, so that the word is aligned; `mov rax, word`; `jmp rax`.
const FAR_JUMP_64: [u8; 18] = [0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0];
