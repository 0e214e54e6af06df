//! x64.

use berus_mpy::arch::Arch;
use object::elf::{self, EM_X86_64};

use super::{Form, LE32, LE64, Machine, fits};

/// x64.
pub static X64: Machine = Machine {
    arch: Arch::X64,
    elf: EM_X86_64,
    relocation: |number| {
        Some(match elf::RelocationType(number) {
            elf::R_X86_64_NONE => Form::Nothing,
            elf::R_X86_64_64 => Form::Word,
            elf::R_X86_64_PC32 | elf::R_X86_64_PLT32 => Form::Relative(&LE32),
            elf::R_X86_64_PC64 => Form::Relative(&LE64),
            elf::R_X86_64_GOTPCREL | elf::R_X86_64_GOTPCRELX | elf::R_X86_64_REX_GOTPCRELX => Form::GotEntry(&LE32),
            _ => return None,
        })
    },
    jump,
    far_jump: (&FAR_JUMP, 8),
    separate_rodata: false,
};

/// `jmp` with a displacement of one byte, or of four.
pub fn jump(target: u64) -> Option<Vec<u8>> {
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

/// `nop` six times, so that the word is aligned; `mov rax, word`; `jmp rax`.
const FAR_JUMP: [u8; 18] = [0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0];
