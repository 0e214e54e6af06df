//! The verifier accepts what compilers make, and what is known of it holds: programs that together use all of the
//! language, every opcode and every kind of constant, and with the peers much more.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use berus_mpy::bytecode::instructions;
use berus_mpy::constant::Constant;
use berus_mpy::memory::Quota;
use berus_mpy::module::{Kind, Module};
use berus_mpy::opcode::Op;
use berus_mpy::verify::{survey, verify, verify_code};

use crate::support::fixtures::{FIXTURES, program, programs};

const ARCHITECTURES: [&str; 11] =
    ["x86", "x64", "armv6", "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp", "xtensa", "xtensawin", "rv32imc"];

/// Reads a file, makes sure that writing gives it back, and verifies it. A survey finds out the same of its code.
fn accept(bytes: &[u8], name: &str) {
    let (module, len) = Module::from_bytes(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(len, bytes.len(), "{name}");
    assert!(module.to_bytes() == bytes, "{name}: writing does not give back what was read");
    let proved = verify(&module).unwrap_or_else(|error| panic!("{name}: {error}"));
    let surveyed = survey(&module, &Quota::default()).unwrap();
    for ((code, proved), surveyed) in module.codes.iter().zip(proved).zip(surveyed) {
        assert_eq!(proved.is_some(), surveyed.is_some(), "{name}");
        let (Some(proved), Some(surveyed)) = (proved, surveyed) else { continue };
        let n_state = code.prelude().unwrap().unwrap().signature.n_state;
        assert_eq!((proved.min_cells, proved.locals), (surveyed.min_cells, surveyed.locals), "{name}");
        assert!(proved.max_cells <= surveyed.max_cells, "{name}");
        assert_eq!(surveyed.frame(), n_state, "{name}");
    }
}

/// Compiles and accepts files; those that the compiler refuses are left out. Returns how many were accepted.
fn accept_all(mpy_cross: &Path, options: &[&str], sources: &[PathBuf]) -> usize {
    let modules = sources.iter().filter_map(|source| {
        let module = berus_testkit::mpy_cross(mpy_cross, options, source).ok()?;
        Some((module, source))
    });
    modules.map(|(module, source)| accept(&module, &format!("{} with {options:?}", source.display()))).count()
}

fn all_programs() -> Vec<PathBuf> {
    berus_testkit::python_files(&programs())
}

#[test]
fn fixtures_are_accepted() {
    for fixture in FIXTURES {
        accept(&fixture.bytes(), fixture.file);
    }
}

#[test]
fn fixtures_are_what_the_compilers_make_of_the_programs() {
    for fixture in FIXTURES {
        let Some(mpy_cross) = berus_testkit::peer(fixture.peer) else { return };
        let source_name = format!("{}.py", fixture.program);
        let options: Vec<_> = ["-s", &source_name].into_iter().chain(fixture.march).collect();
        let module = berus_testkit::mpy_cross(&mpy_cross, &options, &program(fixture.program)).unwrap();
        assert!(module == fixture.bytes(), "{} is not up to date", fixture.file);
    }
}

#[test]
fn fixtures_have_every_opcode_and_every_kind_of_constant() {
    let mut ops = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    fn add_kinds(constants: &[Constant<'_>], kinds: &mut BTreeSet<u8>) {
        for constant in constants {
            kinds.insert(constant.kind());
            if let Constant::Tuple(items) = constant {
                add_kinds(items, kinds);
            }
        }
    }
    for fixture in FIXTURES {
        let bytes = fixture.bytes();
        let (module, _) = Module::from_bytes(&bytes).unwrap();
        add_kinds(&module.constants, &mut kinds);
        for code in module.codes.iter().filter(|code| code.kind == Kind::Bytecode) {
            let start = code.prelude().unwrap().unwrap().end();
            ops.extend(instructions(&code.code[start..]).map(|instruction| instruction.unwrap().op as u8));
        }
    }
    let missing: Vec<_> = Op::ALL.iter().filter(|&&op| !ops.contains(&(op as u8))).map(|op| op.name()).collect();
    assert!(missing.is_empty(), "no fixture has {missing:?}");
    assert_eq!(kinds.len(), 11, "{kinds:?}");
}

#[test]
fn what_is_found_out_agrees_with_the_prelude() {
    for fixture in FIXTURES {
        let bytes = fixture.bytes();
        let (module, _) = Module::from_bytes(&bytes).unwrap();
        let facts = verify(&module).unwrap();
        assert_eq!(facts.len(), module.codes.len());
        for (id, (code, facts)) in module.codes.iter().zip(facts).enumerate() {
            assert_eq!(facts.is_some(), code.kind == Kind::Bytecode);
            assert_eq!(verify_code(&module, id as u32), Ok(facts));
            let Some(facts) = facts else { continue };
            let signature = code.prelude().unwrap().unwrap().signature;
            assert!(facts.min_cells <= facts.max_cells && facts.max_cells <= signature.n_pos_args);
            assert!(facts.locals >= signature.n_args());
            // Compilers before 1.23 count too little.
            let is_counted_well = !fixture.peer.contains("-1.");
            assert!(!is_counted_well || facts.frame() <= signature.n_state, "{}", fixture.file);
        }
    }
}

#[test]
fn programs_for_every_architecture_are_accepted() {
    let Some(mpy_cross) = berus_testkit::peer("mpy-cross") else { return };
    let mut n = 0;
    for arch in ARCHITECTURES {
        let march = format!("-march={arch}");
        for emit in ["emit=bytecode", "emit=native", "emit=viper"] {
            n += accept_all(&mpy_cross, &[&march, "-X", emit], &all_programs());
        }
    }
    assert!(n > 200, "{n}");
    eprintln!("{n} modules");
}

#[test]
fn programs_compiled_by_older_releases_are_accepted() {
    for release in ["1.19", "1.20", "1.22", "1.23"] {
        let Some(mpy_cross) = berus_testkit::peer(&format!("mpy-cross-{release}")) else { return };
        for level in ["-O0", "-O3"] {
            assert!(accept_all(&mpy_cross, &[level], &all_programs()) > 9);
        }
    }
}

#[test]
fn the_standard_library_is_accepted() {
    let Some(mpy_cross) = berus_testkit::peer("mpy-cross") else { return };
    let sources = berus_testkit::stdlib_sources();
    let n = accept_all(&mpy_cross, &[], &sources);
    eprintln!("{n} modules");
    assert!(sources.is_empty() || n > 100, "{n}");
}

#[test]
#[ignore = "takes some minutes"]
fn the_standard_library_for_every_architecture_is_accepted() {
    let Some(mpy_cross) = berus_testkit::peer("mpy-cross") else { return };
    let sources = berus_testkit::stdlib_sources();
    for arch in ARCHITECTURES {
        let march = format!("-march={arch}");
        for emit in ["emit=bytecode", "emit=native", "emit=viper"] {
            for level in ["-O0", "-O3"] {
                let n = accept_all(&mpy_cross, &[&march, "-X", emit, level], &sources);
                eprintln!("{arch}, {emit}, {level}: {n} modules");
            }
        }
    }
}
