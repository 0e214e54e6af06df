//! x86.

use berus_mpy::arch::Arch;
use object::elf::{self, EM_386};

use super::{Form, LE32, Machine, x64};

/// x86.
pub static X86: Machine = Machine {
    arch: Arch::X86,
    elf: EM_386,
    relocation: |number| {
        Some(match elf::RelocationType(number) {
            elf::R_386_NONE => Form::Nothing,
            elf::R_386_32 => Form::Word,
            elf::R_386_PC32 | elf::R_386_PLT32 => Form::Relative(&LE32),
            elf::R_386_GOT32 | elf::R_386_GOT32X => Form::GotOffset(&LE32),
            elf::R_386_GOTOFF => Form::FromGot(&LE32),
            elf::R_386_GOTPC => Form::Got(&LE32),
            _ => return None,
        })
    },
    jump: x64::jump,
    far_jump: (&FAR_JUMP, 4),
    separate_rodata: false,
    words_in_got: false,
};

/// `nop` three times, so that the word is aligned; `mov eax, word`; `jmp eax`.
const FAR_JUMP: [u8; 10] = [0x90, 0x90, 0x90, 0xb8, 0, 0, 0, 0, 0xff, 0xe0];
