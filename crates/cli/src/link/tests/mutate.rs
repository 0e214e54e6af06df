//! Whatever is in a file, linking ends, with a module or with errors.

use berus_testkit::damage::{any_damages, cases, damaged};
use proptest::prelude::*;

use super::*;

/// An object with something of everything.
fn rich() -> Vec<u8> {
    let mut elf = Elf::new();
    let text = elf.section(".text", &[0x90; 64], 16);
    let data = elf.section(".data.rel.ro", &[0; 32], 8);
    let bss = elf.bss(16, 8);
    elf.global("mpy_init", text, 32);
    let (table, variable) = (elf.undefined("mp_fun_table"), elf.global("variable", bss, 8));
    let (memset, helper) = (elf.undefined("memset"), elf.local("helper", text, 4));
    let weak = elf.weak("weak", data, 8);
    elf.relocate(text, 8, R_GOTPCREL, table, -4);
    elf.relocate(text, 12, R_GOTPCREL, variable, -4);
    elf.relocate(text, 40, R_PLT32, memset, -4);
    elf.relocate(text, 48, R_PC32, helper, -4);
    elf.relocate(data, 0, R_64, weak, 3);
    elf.relocate(data, 8, R_64, helper, 0);
    elf.bytes()
}

/// An object with every relocation of a machine, to symbols of every kind.
fn rich_of(arch: Arch) -> Vec<u8> {
    let machine = arch::machine(arch).unwrap();
    let mut elf = Elf::of(arch);
    let text = elf.section(".text", &[0x21, 0x05, 0x06, 0x16, 0x07, 0x8c, 0x76, 0x82].repeat(64), 8);
    let (data, literals) = (elf.section(".data.rel.ro", &[0; 64], 8), elf.section(".literal", &[0; 64], 4));
    let bss = elf.bss(16, 8);
    elf.global("mpy_init", text, 32);
    let symbols = [
        elf.local("helper", text, 4),
        elf.undefined("mp_fun_table"),
        elf.local("literal", literals, 8),
        elf.global("variable", bss, 8),
        elf.undefined("memset"),
        elf.global("f", text, 64),
        elf.weak("weak", data, 8),
    ];
    for (i, &(kind, form)) in machine.relocations.iter().enumerate() {
        let (offset, symbol) = (8 * i as u64, symbols[i % symbols.len()]);
        match form {
            arch::Form::Word => {
                elf.relocate(literals, offset % 64, kind.0, symbol, 4);
                elf.relocate(data, offset % 64, kind.0, symbol, 0);
            }
            _ => elf.relocate(text, offset, kind.0, symbol, 0),
        }
    }
    elf.bytes()
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn damaged_objects_do_no_harm(damages in any_damages()) {
        let bytes = damaged(&rich(), &damages, &[rich(), archive(&[("b.o", rich())])]);
        let mut library = inputs(&[("a.o", Elf::returning().bytes())]);
        library.libraries = inputs(&[("lib.a", archive(&[("b.o", bytes.clone())]))]).files;
        let archives = inputs(&[("lib.a", damaged(&archive(&[("b.o", rich())]), &damages, &[rich()]))]).files;
        let libraries = Inputs { libraries: archives, ..inputs(&[]) };
        for inputs in [inputs(&[("a.o", bytes)]), library, libraries] {
            for gc_sections in [false, true] {
                if let Ok((module, _)) = link_objects(&Options { gc_sections, ..options() }, &inputs) {
                    let bytes = module.to_bytes();
                    let (read, _) = Module::from_bytes(&bytes).unwrap();
                    prop_assert_eq!(read, module);
                }
            }
        }
    }

    #[test]
    fn damaged_objects_do_no_harm_on_any_machine(
        arch in prop::sample::select(arch::all().collect::<Vec<_>>()), damages in any_damages(), gc_sections: bool
    ) {
        let bytes = damaged(&rich_of(arch), &damages, &[rich_of(arch)]);
        if let Ok((module, _)) = link_objects(&Options { gc_sections, ..options_for(arch) }, &inputs(&[("a.o", bytes)])) {
            let bytes = module.to_bytes();
            let (read, _) = Module::from_bytes(&bytes).unwrap();
            prop_assert_eq!(read, module);
        }
    }

    #[test]
    fn cut_off_objects_do_no_harm(len in any::<prop::sample::Index>()) {
        let bytes = rich();
        let cut = &bytes[..len.index(bytes.len())];
        prop_assert!(link_objects(&options(), &inputs(&[("a.o", cut.to_vec())])).is_err());
    }
}

#[test]
fn the_object_is_good_as_it_is() {
    let module = link(&inputs(&[("a.o", rich())]));
    assert_eq!(module.bss(), Some(16));
    assert_eq!(module.relocations().len(), 5);
}
