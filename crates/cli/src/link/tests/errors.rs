//! What cannot be linked is said with symbol, section and object.

use super::*;

#[track_caller]
fn fails(elf: &Elf, message: &str) {
    assert_eq!(errors(&inputs(&[("a.o", elf.bytes())])), format!("a.o: {message}\n"));
}

/// `mpy_init` with a relocation at offset 4, and the section for more.
fn referring(kind: u32, symbol: impl FnOnce(&mut Elf) -> SymbolId) -> Elf {
    let mut elf = Elf::new();
    let text = elf.section(".text", &[0; 8], 8);
    elf.global("mpy_init", text, 2);
    let symbol = symbol(&mut elf);
    elf.relocate(text, 4, kind, symbol, -4);
    elf
}

#[test]
fn a_module_needs_an_entry() {
    let mut elf = Elf::new();
    let text = elf.section(".text", b"\xc3", 1);
    elf.local("mpy_init", text, 0);
    fails(&elf, "there is no global function mpy_init, with which every module starts");
    let mut elf = Elf::new();
    let rodata = elf.section(".rodata", b"\xc3", 1);
    elf.global("mpy_init", rodata, 0);
    fails(&elf, "mpy_init is not a function");
}

#[test]
fn undefined_symbols_are_named_once_each() {
    let mut elf = Elf::returning();
    let text = elf.section(".text.more", &[0; 16], 1);
    elf.local("wave", text, 4);
    let (sinf, cosf) = (elf.undefined("sinf"), elf.undefined("cosf"));
    elf.relocate(text, 5, R_PLT32, sinf, -4);
    elf.relocate(text, 9, R_PLT32, sinf, -4);
    elf.relocate(text, 9, R_GOTPCREL, cosf, -4);
    let told = errors(&inputs(&[("a.o", elf.bytes())]));
    assert_eq!(
        told,
        "a.o: undefined symbol sinf; used at .text.more+0x5 in wave\n\
         a.o: undefined symbol cosf; used at .text.more+0x9\n"
    );
}

#[test]
fn symbols_are_defined_once() {
    let files = [("a.o", Elf::returning().bytes()), ("b.o", Elf::returning().bytes())];
    assert_eq!(errors(&inputs(&files)), "b.o: duplicate symbol mpy_init: a.o defines it, too\n");
}

#[test]
fn code_must_be_independent_of_its_position() {
    const R_32S: u32 = 11;
    let elf = referring(R_32S, |elf| elf.undefined("mp_fun_table"));
    fails(
        &elf,
        "mp_fun_table: unsupported relocation R_X86_64_32S: compile position-independent code, for one processor's \
         small code model (-fpic); used at .text+0x4 in mpy_init",
    );
    let elf = referring(R_PC32, |elf| elf.undefined("mp_fun_table"));
    fails(
        &elf,
        "mp_fun_table: code can reach what is outside of the module only by its address; compile with -fpic; \
         used at .text+0x4 in mpy_init",
    );
    let elf = referring(R_PLT32, |elf| elf.undefined("mp_load_global"));
    fails(
        &elf,
        "mp_load_global: this function of the runtime is to be called by its address in mp_fun_table; \
         used at .text+0x4 in mpy_init",
    );
}

#[test]
fn variables_cannot_be_static_initialised_or_of_a_thread() {
    let elf = referring(R_PC32, |elf| {
        let bss = elf.bss(8, 8);
        elf.local("counter", bss, 0)
    });
    fails(
        &elf,
        "counter: code cannot reach zeroed data by a distance; make the variable global, neither static nor hidden; \
         used at .text+0x4 in mpy_init",
    );
    let mut elf = Elf::returning();
    elf.section(".data", &[1], 1);
    fails(
        &elf,
        "section .data: a module cannot have initialised variables; set them in mpy_init, or make them constants",
    );
    let mut elf = Elf::returning();
    elf.section(".tdata", &[1], 1);
    fails(&elf, "section .tdata: a module cannot have thread-local variables");
    const R_TLSGD: u32 = 19;
    let elf = referring(R_TLSGD, |elf| elf.undefined("errno"));
    fails(
        &elf,
        "errno: unsupported relocation R_X86_64_TLSGD: a module cannot have thread-local variables; \
         used at .text+0x4 in mpy_init",
    );
}

#[test]
fn relocations_lie_in_their_section_and_fit_their_place() {
    let mut elf = Elf::returning();
    let data = elf.section(".data.rel.ro", &[0; 8], 8);
    let here = elf.local("here", data, 0);
    elf.relocate(data, 1, R_64, here, 0);
    fails(&elf, "here: the relocation is beyond the end of its section; used at .data.rel.ro+0x1 in here");
    let mut elf = Elf::returning();
    let data = elf.section(".data.rel.ro", &[0; 12], 8);
    let here = elf.local("here", data, 0);
    elf.relocate(data, 4, R_64, here, 0);
    fails(&elf, "here: an address is not aligned to a word; used at .data.rel.ro+0x4");
    let elf = referring(R_PC32, |elf| {
        let text = elf.section(".text.far", &[0; 8], 8);
        elf.local("far", text, 1 << 40)
    });
    fails(&elf, "far: a distance of 1099511627776 bytes does not fit; used at .text+0x4 in mpy_init");
}

#[test]
fn distances_that_do_not_fit_are_refused_on_every_machine() {
    // Instructions of Xtensa: `l32r`, `call0`, `j`, `beqz`, `beq`, `beqz.n`, `loop`. The others overwrite what is there.
    let codes = [0x21, 0x05, 0x06, 0x16, 0x07, 0x8c, 0x8276];
    for arch in arch::all() {
        let machine = arch::machine(arch).unwrap();
        let relative = machine.relocations.iter().filter(|row| matches!(row.1, arch::Form::Relative(_)));
        for (&(kind, _), code) in relative.flat_map(|row| codes.map(|code| (row, code))) {
            let mut elf = Elf::of(arch);
            let text = elf.section(".text", &u64::to_le_bytes(code).repeat(4), 8);
            elf.global("mpy_init", text, 0);
            let far = elf.local("far", text, if machine.word_bytes() == 8 { 1 << 40 } else { 0xffff_fff0 });
            elf.relocate(text, 8, kind.0, far, 0);
            let linked = link_objects(&options_for(arch), &inputs(&[("a.o", elf.bytes())]));
            let refused = linked.err().is_some_and(|errors| errors[0].message.contains("does not fit"));
            assert!(refused || kind == object::elf::R_X86_64_PC64, "{arch} {}", machine.relocation_name(kind.0));
        }
    }
}

#[test]
fn literals_are_numbers_and_addresses() {
    let linked = |offset, kind: RelocationType| {
        let mut elf = Elf::of(Arch::Xtensa);
        let (text, literals) = (elf.section(".text", &[0; 4], 4), elf.section(".literal", &[0; 8], 4));
        let init = elf.global("mpy_init", text, 0);
        elf.relocate(literals, offset, kind.0, init, 0);
        link_objects(&options_for(Arch::Xtensa), &inputs(&[("a.o", elf.bytes())]))
            .map_err(|e| e[0].message.clone())
            .err()
    };
    use object::elf::{R_XTENSA_32, R_XTENSA_32_PCREL};
    assert_eq!(linked(4, R_XTENSA_32), None);
    for (offset, kind) in [(2, R_XTENSA_32), (8, R_XTENSA_32), (4, R_XTENSA_32_PCREL)] {
        let message = format!("mpy_init: a literal can only be a number or an address; used at .literal+{offset:#x}");
        assert_eq!(linked(offset, kind), Some(message));
    }
}

#[test]
fn files_are_what_they_should_be() {
    let told = |bytes: &[u8]| errors(&inputs(&[("a.o", bytes.to_vec())]));
    assert_eq!(told(b"int main"), "a.o: this is not an ELF object file\n");
    let other = Elf::with(Architecture::Arm).bytes();
    assert_eq!(told(&other), "a.o: made for another architecture (ARM, 32 bits), not for x64\n");
    let whole = Elf::returning().bytes();
    assert_eq!(
        told(&whole[..whole.len() - 1]),
        "a.o: the ELF file is corrupt: Invalid ELF section header offset/size/alignment\n"
    );
    let mut executable = whole;
    executable[16] = 2;
    assert_eq!(told(&executable), "a.o: this is an ELF file, but not an object file (.o)\n");
}
