//! What is in a linked module.

use super::*;

#[test]
fn code_that_starts_with_the_entry_stays_as_it_is() {
    let module = link(&inputs(&[("a.o", Elf::returning().bytes())]));
    // The global offset table is empty, but aligned.
    assert_eq!(module.text(), b"\xc3\0\0\0\0\0\0\0");
    assert_eq!(module.relocations(), []);
    assert_eq!(module.0.to_bytes()[..4], [b'M', 6, 0x0b, 31]);
    assert_eq!(module.0.source_name(), b"m.mpy");
}

#[test]
fn a_jump_leads_to_the_entry_wherever_it_is() {
    let mut near = Elf::new();
    let text = near.section(".text", &[0x90; 20], 1);
    near.global("mpy_init", text, 16);
    let near = near.bytes();
    // A jump from 0 to 2 + 16.
    assert_eq!(link(&inputs(&[("a.o", near.clone())])).text()[..3], [0xeb, 16, 0x90]);

    let mut far = Elf::new();
    let text = far.section(".text", &[0x90; 0x200], 16);
    far.global("mpy_init", text, 0x180);
    // The section stays aligned to 16 bytes, so the jump is from 0 to 16 + 0x180.
    assert_eq!(link(&inputs(&[("a.o", far.bytes())])).text()[..6], [0xe9, 0x8b, 1, 0, 0, 0]);

    // The second file is at 20 bytes after the jump, and its entry 16 bytes further on.
    let mut other = Elf::new();
    other.section(".text", &[0x90; 20], 1);
    assert_eq!(link(&inputs(&[("b.o", other.bytes()), ("a.o", near)])).text()[..3], [0xeb, 20 + 16, 0x90]);
}

#[test]
fn the_global_offset_table_holds_what_code_looks_up() {
    let mut elf = Elf::new();
    let text = elf.section(".text", &[0; 0x30], 1);
    let rodata = elf.section(".rodata", &[1, 2, 3, 4, 5, 6, 7, 8], 8);
    let bss = elf.bss(12, 4);
    elf.global("mpy_init", text, 0);
    let symbols = [
        elf.global("counter", bss, 4),
        elf.global("table", rodata, 2),
        elf.undefined("mp_fun_table"),
        elf.global("f", text, 9),
        elf.undefined("mp_native_qstr_table"),
        elf.undefined("mp_type_str"),
        elf.undefined_weak("nowhere"),
        elf.global("buffer", bss, 0),
    ];
    for (i, &symbol) in symbols.iter().enumerate() {
        elf.relocate(text, 4 * i as u64, R_GOTPCREL, symbol, -4);
    }
    // A second use takes no second word.
    elf.relocate(text, 0x20, R_GOTPCREL, symbols[0], -4);
    let module = link(&inputs(&[("a.o", elf.bytes())]));
    assert_eq!(module.bss(), Some(12));
    assert_eq!(module.text().len(), 0x38 + 8 * 8);
    // First what is outside of the module, then code, read-only data, zeroed data.
    let got = [
        (0x38, Target::FunctionTable),
        (0x40, Target::QstrTable),
        (0x48, Target::Function(74)),
        (0x58, Target::Text),
        (0x60, Target::Text),
        (0x68, Target::Bss),
        (0x70, Target::Bss),
    ];
    assert_eq!(module.relocations(), got);
    let words: Vec<_> = (0x38..0x78).step_by(8).map(|offset| module.word(offset)).collect();
    assert_eq!(words, [0, 0, 0, 0, 9, 0x30 + 2, 4, 0]);
    let looked_up = |offset: usize| offset + 4 + module.text()[offset] as usize;
    assert_eq!([0, 4, 8, 0x20].map(looked_up), [0x68, 0x60, 0x38, 0x68]);
}

#[test]
fn pointers_in_data_are_left_to_the_loader() {
    let mut elf = Elf::returning();
    let data = elf.section(".data.rel.ro", &[0; 40], 8);
    let bss = elf.bss(8, 8);
    let (name, variable) = (elf.local("name", data, 33), elf.global("variable", bss, 2));
    let (kind, function) = (elf.undefined("mp_type_fun_builtin_1"), elf.undefined("mp_load_global"));
    elf.relocate(data, 0, R_64, kind, 0);
    elf.relocate(data, 8, R_64, name, 1);
    elf.relocate(data, 16, R_64, variable, -2);
    elf.relocate(data, 24, R_64, function, 0);
    let module = link(&inputs(&[("a.o", elf.bytes())]));
    let words = [(8, Target::Function(78)), (16, Target::Text), (24, Target::Bss), (32, Target::Function(7))];
    assert_eq!(module.relocations(), words);
    assert_eq!([8, 16, 24, 32].map(|offset| module.word(offset)), [0, 8 + 33 + 1, 0, 0]);
}

#[test]
fn calls_of_memset_and_the_like_go_by_a_jump_to_the_runtime() {
    let mut elf = Elf::new();
    let text = elf.section(".text", &[0; 16], 1);
    elf.global("mpy_init", text, 0);
    for (i, name) in ["memcpy", "memset", "memmove"].into_iter().enumerate() {
        let symbol = elf.undefined(name);
        elf.relocate(text, 4 * i as u64, R_PLT32, symbol, -4);
    }
    let module = link(&inputs(&[("a.o", elf.bytes())]));
    assert_eq!(module.relocations(), [(0x18, Target::Function(50)), (0x30, Target::Function(51))]);
    let called = |offset: usize| offset + 4 + module.text()[offset] as usize;
    assert_eq!([0, 4, 8].map(called), [0x28, 0x10, 0x28]);
    assert_eq!(module.text()[0x16..0x18], [0x48, 0xb8]);
    assert_eq!(module.text()[0x20..0x22], [0xff, 0xe0]);
}

#[test]
fn objects_call_each_other() {
    let mut first = Elf::new();
    let text = first.section(".text", &[0; 8], 8);
    first.global("mpy_init", text, 0);
    let helper = first.undefined("helper");
    first.relocate(text, 4, R_PC32, helper, -4);
    let mut second = Elf::new();
    let text = second.section(".text", &[0; 8], 8);
    second.global("helper", text, 3);
    let module = link(&inputs(&[("a.o", first.bytes()), ("b.o", second.bytes())]));
    assert_eq!(module.text()[..8], [0, 0, 0, 0, 3, 0, 0, 0]);
}

#[test]
fn what_is_not_weak_takes_the_place_of_what_is() {
    let objects = |weak_first: bool| {
        let mut user = Elf::new();
        let text = user.section(".text", &[0; 8], 8);
        user.global("mpy_init", text, 0);
        let value = user.undefined("value");
        user.relocate(text, 4, R_PC32, value, -4);
        let mut weak = Elf::new();
        let text = weak.section(".text", &[0xaa; 8], 8);
        weak.weak("value", text, 1);
        let mut strong = Elf::new();
        let text = strong.section(".text", &[0xbb; 8], 8);
        strong.global("value", text, 2);
        let (weak, strong) = (("weak.o", weak.bytes()), ("strong.o", strong.bytes()));
        let [second, third] = if weak_first { [weak, strong] } else { [strong, weak] };
        inputs(&[("a.o", user.bytes()), second, third])
    };
    assert_eq!(link(&objects(true)).text()[4], 8 + 2);
    assert_eq!(link(&objects(false)).text()[4], 2);
}

/// An object that defines `defined` and refers to `needed`.
fn link_of_a_chain(defined: &str, needed: Option<&str>) -> Vec<u8> {
    let mut elf = Elf::new();
    let text = elf.section(".text", &[defined.as_bytes()[0]; 8], 8);
    elf.global(defined, text, 0);
    if let Some(needed) = needed {
        let needed = elf.undefined(needed);
        elf.relocate(text, 4, R_PC32, needed, -4);
    }
    elf.bytes()
}

#[test]
fn of_libraries_only_what_is_needed_is_linked() {
    let mut program = inputs(&[("a.o", link_of_a_chain("mpy_init", Some("b")))]);
    let members = [
        ("unused.o", link_of_a_chain("unused", Some("undefined"))),
        // Of two that define a name the last is taken.
        ("other.o", link_of_a_chain("b", None)),
        ("b.o", link_of_a_chain("b", Some("c"))),
        ("c.o", link_of_a_chain("c", Some("b"))),
        ("not an object", b"hello".to_vec()),
    ];
    program.libraries = inputs(&[("lib.a", archive(&members))]).files;
    let module = link(&program);
    let firsts: Vec<_> = module.text().chunks(8).map(|section| section[0]).collect();
    assert_eq!(firsts, *b"mbc");
    assert_eq!(module.relocations(), []);
}

#[test]
fn sections_that_nothing_refers_to_can_be_left_out() {
    let mut elf = Elf::new();
    let unused = elf.section(".text.unused", &[1; 8], 8);
    let missing = elf.undefined("missing");
    elf.relocate(unused, 0, R_PC32, missing, -4);
    let text = elf.section(".text.mpy_init", &[2; 8], 8);
    elf.global("mpy_init", text, 0);
    let helper = elf.section(".text.helper", &[3; 8], 8);
    let helper = elf.local("helper", helper, 0);
    elf.relocate(text, 4, R_PC32, helper, -4);
    let module = link_with(&Options { gc_sections: true, ..options() }, &inputs(&[("a.o", elf.bytes())]));
    assert_eq!(module.text(), [2, 2, 2, 2, 0, 0, 0, 0, 3, 3, 3, 3, 3, 3, 3, 3]);
}

#[test]
fn names_and_fixed_addresses_come_from_files() {
    let mut elf = Elf::new();
    let text = elf.section(".text", &[0; 8], 8);
    elf.global("mpy_init", text, 0);
    let rom = elf.undefined("rom_function");
    elf.relocate(text, 0, R_GOTPCREL, rom, -4);
    let mut program = inputs(&[("a.o", elf.bytes())]);
    program.qstrs = b"#define MP_QSTR_print (123)\n#define MP_QSTR_spam (mp_native_qstr_table[1])\n".to_vec();
    program.externs.insert(b"rom_function".to_vec(), 0x4000_1234);
    let module = link(&program);
    assert_eq!(
        module.0.qstrs.iter().map(|name| name.as_bytes().to_vec()).collect::<Vec<_>>(),
        [&b"m.mpy"[..], b"spam"]
    );
    assert_eq!((module.word(8), module.relocations()), (0x4000_1234, vec![]));
}
