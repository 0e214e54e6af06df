//! Relocations in the instructions of each family of processors. The bytes that are expected are those that GNU `ld` makes of the same code
//! at address 0, unless a comment calculates them.

use object::elf::*;

use super::*;

/// Code of the form that an assembler leaves: what is to be relocated is zero.
fn words(code: &[u32]) -> Vec<u8> {
    code.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// `text` with relocations to `f`, which is at 0x10, and to what else `more` says.
fn relocated(
    arch: Arch,
    architecture: Architecture,
    text: &[u8],
    more: impl FnOnce(&mut Elf, SectionId, SymbolId),
) -> Linked {
    let mut elf = Elf::with(architecture);
    let section = elf.section(".text", text, 4);
    elf.global("mpy_init", section, 0);
    let f = elf.global("f", section, 0x10);
    more(&mut elf, section, f);
    link_with(&options_for(arch), &inputs(&[("a.o", elf.bytes())]))
}

#[test]
fn calls_and_jumps_of_thumb() {
    for arch in [Arch::Armv6m, Arch::Armv7m, Arch::Armv7emsp, Arch::Armv7emdp] {
        // An addend of -4 is in the instructions, as the program counter is ahead: `bl f`; `b.w f`; `bl mpy_init`.
        let text = words(&[0xfffe_f7ff, 0xbffe_f7ff, 0xfffe_f7ff, 0xbf00_bf00, 0x4770_4770]);
        let module = relocated(arch, Architecture::Arm, &text, |elf, text, f| {
            elf.relocate(text, 0, R_ARM_THM_PC22.0, f, 0);
            elf.relocate(text, 4, R_ARM_THM_JUMP24.0, f, 0);
            let start = elf.local("start", text, 0);
            elf.relocate(text, 8, R_ARM_THM_PC22.0, start, 0);
        });
        let expected = [0xf806_f000, 0xb804_f000, 0xfffa_f7ff, 0xbf00_bf00, 0x4770_4770];
        assert_eq!(module.text(), words(&expected));
        assert_eq!(module.relocations(), []);
        assert_eq!(module.0.header.arch, Some(arch));
    }
}

#[test]
fn data_that_position_independent_thumb_code_looks_up() {
    // At 0x18 is read-only data with a pointer to `f`, behind it the global offset table.
    let module = relocated(Arch::Armv7emsp, Architecture::Arm, &[0; 0x18], |elf, text, f| {
        let data = elf.section(".data.rel.ro", &[0; 4], 4);
        elf.relocate(data, 0, R_ARM_ABS32.0, f, 0);
        let (data, table) = (elf.global("data", data, 0), elf.undefined("mp_fun_table"));
        let got = elf.undefined("_GLOBAL_OFFSET_TABLE_");
        elf.relocate(text, 0, R_ARM_GOTPC.0, got, 0);
        elf.relocate(text, 4, R_ARM_GOT32.0, table, 0);
        elf.relocate(text, 8, R_ARM_GOT32.0, data, 0);
        elf.relocate(text, 12, R_ARM_GOT_PREL.0, data, 0);
        elf.relocate(text, 0x14, R_ARM_REL32.0, f, 0);
    });
    let (got, data) = (0x1c, 0x18);
    // The table is 0x1c further on; entries 0 and 1; entry 1 from 12; `f` is four bytes before.
    let expected = [got, 0, 4, got + 4 - 12, 0, -4i32 as u32, 0x10, 0, data];
    assert_eq!(module.text(), words(&expected));
    assert_eq!(module.relocations(), [(got, Target::FunctionTable), (got + 4, Target::Text), (data, Target::Text)]);
}

#[test]
fn thumb_code_goes_to_the_entry_by_jumps_of_two_lengths() {
    // From 4, where the program counter is for the jump at 0.
    for (entry, expected) in [(8, &[0x02, 0xe0][..]), (0x1000, &[0x00, 0xf0, 0xfe, 0xbf])] {
        let mut elf = Elf::with(Architecture::Arm);
        let text = elf.section(".text", &vec![0; entry as usize], 4);
        elf.global("mpy_init", text, entry - 4);
        let module = link_with(&options_for(Arch::Armv7emsp), &inputs(&[("a.o", elf.bytes())]));
        assert_eq!(module.text()[..expected.len()], *expected, "{entry:#x}");
    }
    // The oldest have no long jump, but a call, which needs the link register: `push {r0, lr}`; `bl`; `pop {r0, pc}`. From 6.
    let mut elf = Elf::with(Architecture::Arm);
    let text = elf.section(".text", &[0; 0x1000], 4);
    elf.global("mpy_init", text, 0xff8);
    let module = link_with(&options_for(Arch::Armv6m), &inputs(&[("a.o", elf.bytes())]));
    assert_eq!(module.text()[..8], [0x01, 0xb5, 0x00, 0xf0, 0xfd, 0xff, 0x01, 0xbd]);
}

#[test]
fn risc_v() {
    let code = [
        0x0000_0097, // call f
        0x0000_80e7,
        0x0000_00ef, // jal f
        0x00b5_0063, // beq a0, a1, f
        0x0000_0517, // auipc a0, of data
        0x0005_0513, // addi a0, a0, of data
        0x0005_2583, // lw a1, of data(a0)
        0x00b5_2023, // sw a1, of data(a0)
        0xc101_a001, // c.j f; c.beqz a0, f
        0,           // .word data - .
        0,           // .word f - mpy_init
        0x0001_8082, // f: ret
    ];
    let mut text = words(&code);
    text.resize(0x934, 0);
    let mut elf = Elf::with(Architecture::Riscv32);
    let section = elf.section(".text", &text, 4);
    let start = elf.global("mpy_init", section, 0);
    let (f, data) = (elf.global("f", section, 0x2c), elf.global("data", section, 0x930));
    let (high, word) = (elf.local(".L1", section, 0x10), elf.local(".L2", section, 0x24));
    for (offset, kind, symbol) in [
        (0, R_RISCV_CALL_PLT, f),
        (8, R_RISCV_JAL, f),
        (0xc, R_RISCV_BRANCH, f),
        (0x10, R_RISCV_PCREL_HI20, data),
        (0x14, R_RISCV_PCREL_LO12_I, high),
        (0x18, R_RISCV_PCREL_LO12_I, high),
        (0x1c, R_RISCV_PCREL_LO12_S, high),
        (0x20, R_RISCV_RVC_JUMP, f),
        (0x22, R_RISCV_RVC_BRANCH, f),
        (0x24, R_RISCV_ADD32, data),
        (0x24, R_RISCV_SUB32, word),
        (0x28, R_RISCV_ADD32, f),
        (0x28, R_RISCV_SUB32, start),
        (0x930, R_RISCV_32, f),
    ] {
        elf.relocate(section, offset, kind.0, symbol, 0);
    }
    let module = link_with(&options_for(Arch::Rv32imc), &inputs(&[("a.o", elf.bytes())]));
    let expected = [
        0x0000_0097,
        0x02c0_80e7,
        0x0240_00ef,
        0x02b5_0063,
        0x0000_1517,
        0x9205_0513,
        0x9205_2583,
        0x92b5_2023,
        0xc509_a031,
        0x0000_090c,
        0x0000_002c,
        0x0001_8082,
    ];
    assert_eq!(module.text()[..0x30], words(&expected));
    assert_eq!(module.text()[0x930..0x934], words(&[0x2c]));
}

#[test]
fn risc_v_looks_up_addresses_in_the_global_offset_table() {
    let mut elf = Elf::with(Architecture::Riscv32);
    // `auipc a0`; `lw a0, (a0)`
    let section = elf.section(".text", &words(&[0x0000_0517, 0x0005_2503]), 4);
    elf.global("mpy_init", section, 0);
    let (table, high) = (elf.undefined("mp_fun_table"), elf.local(".L1", section, 0));
    elf.relocate(section, 0, R_RISCV_GOT_HI20.0, table, 0);
    elf.relocate(section, 4, R_RISCV_PCREL_LO12_I.0, high, 0);
    let module = link_with(&options_for(Arch::Rv32imc), &inputs(&[("a.o", elf.bytes())]));
    // The table is behind the code, 8 bytes from the first instruction.
    assert_eq!(module.text(), words(&[0x0000_0517, 0x0085_2503, 0]));
    assert_eq!(module.relocations(), [(8, Target::FunctionTable)]);
}

#[test]
fn risc_v_of_64_bits_has_longer_words() {
    let mut elf = Elf::with(Architecture::Riscv64);
    // `auipc a0`; `ld a0, (a0)`; `call memset`
    let section = elf.section(".text", &words(&[0x0000_0517, 0x0005_3503, 0x0000_0097, 0x0000_80e7]), 4);
    elf.global("mpy_init", section, 0);
    let (table, high) = (elf.undefined("mp_fun_table"), elf.local(".L1", section, 0));
    let memset = elf.undefined("memset");
    elf.relocate(section, 0, R_RISCV_GOT_HI20.0, table, 0);
    elf.relocate(section, 4, R_RISCV_PCREL_LO12_I.0, high, 0);
    elf.relocate(section, 8, R_RISCV_CALL_PLT.0, memset, 0);
    let module = link_with(&options_for(Arch::Rv64imc), &inputs(&[("a.o", elf.bytes())]));
    // The jump to memset is 8 bytes from its call; behind its three instructions is its address, and behind that the table.
    let expected = [0x0000_0517, 0x0205_3503, 0x0000_0097, 0x0080_80e7, 0x0000_0697, 0x8682_6694, 0, 0, 0, 0];
    assert_eq!(module.text(), words(&expected));
    assert_eq!(module.relocations(), [(0x20, Target::FunctionTable), (0x18, Target::Function(50))]);
}
