//! `berus link`: its options and what it says of files.

use std::fs;
use std::path::Path;
use std::process::Command;

use berus_testkit::{TempDir, temp_dir};
use object::elf::{R_X86_64_GOTPCREL, R_X86_64_PLT32};
use object::write::{Object, Relocation, Symbol, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationFlags, SectionKind, SymbolFlags, SymbolKind, SymbolScope,
};

/// What a command says: standard output, standard error, exit status.
fn run(folder: &Path, args: &str) -> (String, String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_berus"))
        .arg("link")
        .args(args.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

/// An object with a function that refers to something by a relocation at offset 3.
fn object(function: &str, kind: object::elf::RelocationType, refers_to: &str) -> Vec<u8> {
    let mut object = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    let text = object.add_section(Vec::new(), b".text".to_vec(), SectionKind::Text);
    object.set_section_data(text, vec![0x90; 16], 16);
    let mut symbol = |name: &str, section| {
        object.add_symbol(Symbol {
            name: name.into(),
            value: 0,
            size: 16,
            kind: SymbolKind::Text,
            scope: SymbolScope::Dynamic,
            weak: false,
            section,
            flags: SymbolFlags::None,
        })
    };
    symbol(function, SymbolSection::Section(text));
    let symbol = symbol(refers_to, SymbolSection::Undefined);
    let flags = RelocationFlags::Elf { r_type: kind };
    object.add_relocation(text, Relocation { offset: 3, symbol, addend: -4, flags }).unwrap();
    object.write().unwrap()
}

/// A folder with objects and sources.
fn files() -> TempDir {
    let folder = temp_dir();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("main.o", &object("mpy_init", R_X86_64_GOTPCREL, "mp_fun_table"));
    write("caller.o", &object("mpy_init", R_X86_64_PLT32, "helper"));
    write("helper.o", &object("helper", R_X86_64_PLT32, "mpy_init"));
    write("main.c", b"int x = MP_QSTR_spam + MP_QSTR_print;\n");
    write("more.c", b"MP_QSTR_egg\n");
    folder
}

fn names(path: impl AsRef<Path>) -> Vec<String> {
    let bytes = fs::read(path).unwrap();
    let (module, _) = berus_mpy::Module::from_bytes(&bytes).unwrap();
    module.qstrs.iter().map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned()).collect()
}

#[test]
fn modules_are_made_where_they_are_asked_for() {
    let folder = files();
    let folder = folder.path();
    assert_eq!(run(folder, "main.o"), (String::new(), String::new(), 0));
    assert_eq!(names(folder.join("main.mpy")), ["main.mpy"]);
    assert_eq!(
        run(folder, "caller.o helper.o -o out/m.mpy --source-name other.mpy"),
        (String::new(), String::new(), 0)
    );
    assert_eq!(names(folder.join("out/m.mpy")), ["other.mpy"]);
}

#[test]
fn names_go_from_sources_by_a_header_to_the_module() {
    let folder = files();
    let folder = folder.path();
    assert_eq!(run(folder, "--arch x64 --preprocess -o build/m.config.h main.c more.c").2, 0);
    assert_eq!(run(folder, "--arch x64 --qstrs build/m.config.h -o m.mpy main.o").2, 0);
    assert_eq!(names(folder.join("m.mpy")), ["m.mpy", "egg", "spam"]);
    assert_eq!(run(folder, "--preprocess more.c").2, 0);
    assert!(
        fs::read_to_string(folder.join("more.config.h")).unwrap().contains("MP_QSTR_egg (mp_native_qstr_table[1])\n")
    );
}

#[test]
fn what_was_linked_is_told_when_asked_for() {
    let folder = files();
    let (out, err, status) = run(folder.path(), "-vvv caller.o helper.o main.o");
    assert_eq!((out.as_str(), status), ("", 1));
    assert_eq!(err, "berus: main.o: duplicate symbol mpy_init: caller.o defines it, too\n");
    let (out, _, status) = run(folder.path(), "-v main.o");
    assert_eq!((out.as_str(), status), ("x64: text 24, rodata 0, bss 0 bytes; 1 word of GOT\n", 0));
    let (out, _, _) = run(folder.path(), "-vvv main.o");
    let told = "\
text   000000     16  .text  main.o
       000003  R_X86_64_GOTPCREL mp_fun_table
text   000010      8  GOT  the linker's
GOT    000000  mp_fun_table is in the runtime
x64: text 24, rodata 0, bss 0 bytes; 1 word of GOT
";
    assert_eq!(out, told);
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let folder = files();
    let folder = folder.path();
    let fails = |args: &str, message: &str, status: i32| {
        assert_eq!(run(folder, args), (String::new(), format!("{message}\n"), status), "{args}");
    };
    fails("absent.o", "berus: absent.o: No such file or directory", 2);
    fails("main.o -l absent.a", "berus: absent.a: No such file or directory", 2);
    fails("main.o --qstrs absent.h", "berus: absent.h: No such file or directory", 2);
    fails("main.o -o .", "berus: .: Is a directory", 2);
    fails("main.c", "berus: main.c: this is not an ELF object file", 1);
    fails("main.o -l main.c", "berus: main.c: not an archive of object files: Unsupported archive identifier", 1);
    fails("caller.o", "berus: caller.o: undefined symbol helper; used at .text+0x3 in mpy_init", 1);
    assert!(!folder.join("caller.mpy").exists());
    assert_eq!(run(folder, "--arch z80 main.o").2, 2);
    assert_eq!(run(folder, "--arch-flags what main.o").2, 2);
}

#[test]
fn a_module_is_newer_than_its_objects_even_if_it_stays_the_same() {
    let folder = files();
    let module = folder.path().join("main.mpy");
    assert_eq!(run(folder.path(), "main.o").2, 0);
    let old = std::time::SystemTime::UNIX_EPOCH;
    fs::File::options().append(true).open(&module).unwrap().set_modified(old).unwrap();
    assert_eq!(run(folder.path(), "main.o").2, 0);
    assert!(fs::metadata(&module).unwrap().modified().unwrap() > old);
}
