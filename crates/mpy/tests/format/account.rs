//! The account of files that mpy-cross makes covers each byte once.

use std::path::PathBuf;

use berus_mpy::Module;
use berus_mpy::account::{Account, Category, Item};
use berus_mpy::arch::Arch;
use berus_testkit::{mpy_cross, peer, python_files, workspace};

/// Source files to compile: programs of the project.
fn sources() -> Vec<PathBuf> {
    python_files(&workspace().join("tests/programs"))
}

/// Checks the account of a file and returns the module's length.
fn check(file: &[u8], what: &str) -> usize {
    let (module, len) = Module::from_bytes(file).unwrap_or_else(|error| panic!("{what}: {error}"));
    let account = Account::of(&module, file.len());
    let mut next = 0;
    for field in account.fields() {
        assert_eq!(field.offset, next, "{what}: {field:?}");
        assert!(field.len > 0, "{what}: {field:?}");
        assert!(!account.meaning(field).to_string().contains(char::is_control), "{what}: {field:?}");
        next += field.len;
    }
    assert_eq!(next, file.len(), "{what}");
    for id in 0..module.codes.len() as u32 {
        let start = account.code_start(id).unwrap();
        let code = &module.codes[id as usize].code;
        assert_eq!(file[start..start + code.len()], code[..], "{what}: code {id}");
    }
    len
}

#[test]
fn bytecode_and_machine_code_of_all_architectures() {
    let Some(program) = peer("mpy-cross") else { return };
    let sources = sources();
    assert!(!sources.is_empty());
    let mut checked = 0;
    for source in &sources {
        // Some statements cannot be compiled to machine code.
        let file = mpy_cross(&program, &[], source).unwrap();
        check(&file, &format!("{} as bytecode", source.display()));
        checked += 1;
    }
    for arch in Arch::ALL {
        for emit in ["native", "viper"] {
            let options = [&*format!("-march={arch}"), "-X", &*format!("emit={emit}")];
            for source in &sources {
                if let Ok(file) = mpy_cross(&program, &options, source) {
                    check(&file, &format!("{} for {arch}, {emit}", source.display()));
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > sources.len() * 5);
}

#[test]
fn files_of_older_releases() {
    for release in ["1.19", "1.20", "1.22", "1.23"] {
        let Some(program) = peer(&format!("mpy-cross-{release}")) else { return };
        for source in sources() {
            for options in [&[][..], &["-march=x64", "-X", "emit=native"]] {
                if let Ok(file) = mpy_cross(&program, options, &source) {
                    check(&file, &format!("{} by {release}", source.display()));
                }
            }
        }
    }
}

#[test]
fn what_follows_a_module() {
    let file = b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x28\x00\x02\x01\x51\x63and more";
    assert_eq!(check(file, "an empty module"), file.len() - 8);
    let (module, _) = Module::from_bytes(file).unwrap();
    let account = Account::of(&module, file.len());
    let last = account.fields().last().unwrap();
    assert_eq!((last.item, last.len, last.category()), (Item::Trailing, 8, Category::Trailing));
}

#[test]
fn nested_constants_stand_one_after_another() {
    // ((None, ()), 7)
    let file = b"M\x06\x00\x1f\x02\x01\x08x.py\x00\x0f\x0a\x02\x0a\x02\x01\x0a\x00\x07\x017\x28\x00\x02\x01\x51\x63";
    check(file, "nested tuples");
    let (module, _) = Module::from_bytes(file).unwrap();
    let account = Account::of(&module, file.len());
    let constants = account.fields().iter().filter(|field| field.name() == "constant");
    let shown: Vec<_> = constants.map(|field| (field.len, account.meaning(field).to_string())).collect();
    let expected =
        [(2, "0: tuple of 2"), (2, "in it: tuple of 2"), (1, "in it: None"), (2, "in it: tuple of 0"), (3, "in it: 7")];
    assert_eq!(shown, expected.map(|(len, meaning)| (len, meaning.to_owned())));
}

#[test]
fn code_that_cannot_be_taken_apart_is_one_field() {
    let bad_prelude = b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x28\x00\x7e\x01\x51\x63";
    check(bad_prelude, "a bad prelude");
    let (module, _) = Module::from_bytes(bad_prelude).unwrap();
    let account = Account::of(&module, bad_prelude.len());
    let last = account.fields().last().unwrap();
    assert_eq!((last.name(), last.len), ("bad prelude", 5));
    let no_opcode = b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x28\x00\x02\x01\x00\x63";
    check(no_opcode, "an unknown opcode");
    let (module, _) = Module::from_bytes(no_opcode).unwrap();
    let account = Account::of(&module, no_opcode.len());
    let last = account.fields().last().unwrap();
    assert_eq!((last.name(), last.len), ("no instructions", 2));
}
