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
    for arch in [Arch::Armv6m, Arch::Armv7m, Arch::Armv7em, Arch::Armv7emsp, Arch::Armv7emdp] {
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
fn code_is_where_its_processor_can_run_it_after_data_of_any_length() {
    for (arch, architecture, start) in [
        (Arch::Rv32imc, Architecture::Riscv32, 6),
        (Arch::Armv7m, Architecture::Arm, 6),
        (Arch::Armv6, Architecture::Arm, 8),
        (Arch::Xtensa, Architecture::Xtensa, 5),
    ] {
        let mut elf = Elf::with(architecture);
        let first = elf.section(".text", &[0; 4], 4);
        elf.global("mpy_init", first, 0);
        elf.section(".rodata", &[0xff], 1);
        elf.section(".text.copy", &[1, 2, 3, 4], 1);
        let module = link_with(&options_for(arch), &inputs(&[("a.o", elf.bytes())]));
        assert_eq!(module.text()[start..start + 4], [1, 2, 3, 4], "{arch}");
    }
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

#[test]
fn calls_and_jumps_of_arm() {
    // An addend of -8 is in the instructions: `bl f`; `b f`; `bl mpy_init`; `nop`; `bx lr`.
    let text = words(&[0xebff_fffe, 0xeaff_fffe, 0xebff_fffe, 0xe1a0_0000, 0xe12f_ff1e]);
    let module = relocated(Arch::Armv6, Architecture::Arm, &text, |elf, text, f| {
        elf.relocate(text, 0, R_ARM_CALL.0, f, 0);
        elf.relocate(text, 4, R_ARM_JUMP24.0, f, 0);
        let start = elf.local("start", text, 0);
        elf.relocate(text, 8, R_ARM_CALL.0, start, 0);
    });
    assert_eq!(module.text(), words(&[0xeb00_0002, 0xea00_0001, 0xebff_fffc, 0xe1a0_0000, 0xe12f_ff1e]));
    assert_eq!(module.0.header.arch, Some(Arch::Armv6));
}

#[test]
fn arm_code_goes_to_the_entry_and_to_the_runtime() {
    let mut elf = Elf::of(Arch::Armv6);
    let text = elf.section(".text", &words(&[0xe12f_ff1e, 0xebff_fffe]), 4);
    elf.global("mpy_init", text, 4);
    let memset = elf.undefined("memset");
    elf.relocate(text, 4, R_ARM_CALL.0, memset, 0);
    let module = link_with(&options_for(Arch::Armv6), &inputs(&[("a.o", elf.bytes())]));
    // `b` from 0 to 8; `bl` from 8 to 12, where `ldr pc, [pc, #-4]` loads the word behind.
    assert_eq!(module.text(), words(&[0xea00_0000, 0xe12f_ff1e, 0xebff_ffff, 0xe51f_f004, 0]));
    assert_eq!(module.relocations(), [(16, Target::Function(50))]);
}

#[test]
fn x86_of_32_bits() {
    let mut elf = Elf::of(Arch::X86);
    let text = elf.section(".text", &[0; 0x20], 1);
    let data = elf.section(".data.rel.ro", &[0; 8], 4);
    elf.global("mpy_init", text, 0);
    let (f, local) = (elf.global("f", text, 0x10), elf.local("local", data, 0));
    let (table, got) = (elf.undefined("mp_fun_table"), elf.undefined("_GLOBAL_OFFSET_TABLE_"));
    let memset = elf.undefined("memset");
    for (offset, kind, symbol, addend) in [
        (0, R_386_PC32, f, -4),
        (4, R_386_GOTPC, got, 2),
        (8, R_386_GOT32X, table, 0),
        (12, R_386_GOTOFF, local, 4),
        (16, R_386_PLT32, memset, -4),
    ] {
        elf.relocate(text, offset, kind.0, symbol, addend);
    }
    elf.relocate(data, 4, R_386_32.0, f, 1);
    let module = link_with(&options_for(Arch::X86), &inputs(&[("a.o", elf.bytes())]));
    // Behind the code at 0x20 are the jump to memset, at 0x2c data, and at 0x34 the global offset table: `mp_fun_table`, and `f`, whose word
    // nothing reads. The data is four bytes before the table, and the addend goes there.
    let text = [0x0c, 0x34 - 4 + 2, 0, -4i32 as u32, 0x20 - 16 - 4];
    assert_eq!(module.text()[..20], words(&text));
    assert_eq!(
        module.text()[0x20..],
        [&[0x90, 0x90, 0x90, 0xb8, 0, 0, 0, 0, 0xff, 0xe0, 0, 0][..], &words(&[0, 0x11, 0, 0x10])].concat()
    );
    let relocations =
        [(0x34, Target::FunctionTable), (0x38, Target::Text), (0x24, Target::Function(50)), (0x30, Target::Text)];
    assert_eq!(module.relocations(), relocations);
}

#[test]
fn calls_and_jumps_of_xtensa() {
    // `call0 f`; `j f`; `beqz a2, f`; `bnez.n a2, f`; `beq a2, a3, f`; `bnei a2, 4, f`; `nop`; `ret.n`
    let code =
        [0x05, 0, 0, 0x06, 0, 0, 0x16, 0x02, 0, 0xcc, 0x02, 0x37, 0x12, 0, 0x66, 0x42, 0, 0xf0, 0x20, 0, 0x0d, 0xf0];
    let mut elf = Elf::of(Arch::Xtensa);
    let text = elf.section(".text", &code, 4);
    elf.global("mpy_init", text, 0);
    let f = elf.global("f", text, 0x14);
    for offset in [0, 3, 6, 9, 11, 14] {
        elf.relocate(text, offset, R_XTENSA_SLOT0_OP.0, f, 0);
    }
    elf.relocate(text, 17, R_XTENSA_ASM_EXPAND.0, f, 0);
    let module = link_with(&options_for(Arch::Xtensa), &inputs(&[("a.o", elf.bytes())]));
    let expected = [
        0x05, 0x01, 0, 0x46, 0x03, 0, 0x16, 0xa2, 0, 0xcc, 0x72, 0x37, 0x12, 0x05, 0x66, 0x42, 0x02, 0xf0, 0x20, 0,
        0x0d, 0xf0,
    ];
    assert_eq!(module.text(), expected);
}

/// Code that loads four literals, two of which are the same number and two the same address, and read-only data.
fn with_literals(arch: Arch) -> Linked {
    let mut elf = Elf::of(arch);
    let literals = elf.section(".literal", &words(&[0x1234_5678, 0, 4, 0x1234_5678, 0]), 4);
    // `l32r a2` five times, `ret.n`
    let code = [0x21, 0, 0, 0x21, 0, 0, 0x21, 0, 0, 0x21, 0, 0, 0x21, 0, 0, 0x0d, 0xf0];
    let text = elf.section(".text", &code, 4);
    elf.global("mpy_init", text, 0);
    let data = elf.section(".rodata", &words(&[1, 2, 3]), 4);
    let (data, table) = (elf.local("data", data, 0), elf.undefined("mp_fun_table"));
    elf.relocate(literals, 4, R_XTENSA_32.0, table, 0);
    elf.relocate(literals, 8, R_XTENSA_32.0, data, 4);
    elf.relocate(literals, 16, R_XTENSA_32.0, table, 0);
    let literal = elf.local("literals", literals, 0);
    for i in 0..5 {
        elf.relocate(text, 3 * i, R_XTENSA_SLOT0_OP.0, literal, 4 * i as i64);
    }
    link_with(&options_for(arch), &inputs(&[("a.o", elf.bytes())]))
}

#[test]
fn xtensa_code_loads_words_in_front_of_it() {
    // `j` from 0 to 0x10; the table, the data with both addends, the number; then loads: from words of the program counter, rounded up.
    let text = |data| {
        let mut text = vec![0x06, 0x03, 0, 0];
        text.extend(words(&[0, data, 0x1234_5678]));
        for (place, word) in [(0x10, 12), (0x13, 4), (0x16, 8), (0x19, 12), (0x1c, 4)] {
            let distance = ((word - ((place + 3) & !3)) / 4) as u16;
            text.push(0x21);
            text.extend(distance.to_le_bytes());
        }
        text.extend([0x0d, 0xf0]);
        text
    };
    let module = with_literals(Arch::Xtensa);
    let relocations = [(4, Target::FunctionTable), (8, Target::Text)];
    assert_eq!(module.relocations(), relocations);
    assert_eq!(module.text(), [text(0x24 + 8), vec![0, 0, 0], words(&[1, 2, 3])].concat());
    let module = with_literals(Arch::Xtensawin);
    assert_eq!(module.relocations(), [(4, Target::FunctionTable), (8, Target::Rodata)]);
    assert_eq!(module.text(), text(8));
    assert_eq!(module.rodata(), words(&[1, 2, 3]));
}

#[test]
fn xtensa_code_that_asks_for_an_address_in_the_function_table_gets_the_entry() {
    let mut elf = Elf::of(Arch::Xtensa);
    let literals = elf.section(".literal", &[0; 12], 4);
    let text = elf.section(".text", &[0x0d, 0xf0], 4);
    elf.global("mpy_init", text, 0);
    let (table, qstrs) = (elf.undefined("mp_fun_table"), elf.undefined("mp_native_qstr_table"));
    elf.relocate(literals, 0, R_XTENSA_32.0, table, 73 * 4);
    elf.relocate(literals, 4, R_XTENSA_32.0, table, 2000);
    elf.relocate(literals, 8, R_XTENSA_32.0, qstrs, 2);
    let module = link_with(&options_for(Arch::Xtensa), &inputs(&[("a.o", elf.bytes())]));
    let relocations = [(4, Target::Function(73)), (8, Target::FunctionTable), (12, Target::QstrTable)];
    assert_eq!(module.relocations(), relocations);
    assert_eq!(module.text()[4..16], words(&[0, 2000, 2]));
}
