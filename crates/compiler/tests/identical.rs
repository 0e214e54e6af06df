//! Programs compile to the bytes that the pinned mpy-cross makes of them.

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use berus_compiler::{Emitter, Options, compile, to_file};
use berus_mpy::arch::Arch;
use berus_mpy::release::Release;
use support::{Flags, MACHINES, all_flags, bytecode_flags, difference, flags_for, machine_code_flags};

/// Compares the compilers on files with the options `flags`, which can depend on the number of the file.
fn check<F: AsRef<[Flags]>>(files: &[PathBuf], flags: impl Fn(usize) -> F) {
    let Some(mpy_cross) = berus_testkit::peer("mpy-cross") else { return };
    let mut differences = String::new();
    for (number, path) in files.iter().enumerate() {
        let source = fs::read(path).unwrap();
        for flags in flags(number).as_ref() {
            if let Some(what) = difference(&mpy_cross, path, &source, flags) {
                differences += &format!("{}: {what}\n", path.display());
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// The options that change what is made, with the machine code of one machine, which is another one for each file.
fn flags_in_turn(number: usize) -> Vec<Flags> {
    let (arch, arch_flags) = MACHINES[number % MACHINES.len()];
    let mut all = bytecode_flags();
    all.extend(flags_for(arch, arch_flags));
    all
}

#[test]
fn programs_of_the_project() {
    let folder = berus_testkit::workspace().join("tests/programs");
    let files = berus_testkit::python_files(&folder);
    assert!(!files.is_empty());
    check(&files, flags_in_turn);
}

#[test]
fn programs_of_this_crate() {
    let folder = berus_testkit::workspace().join("crates/compiler/tests/programs");
    let files = berus_testkit::python_files(&folder);
    assert!(!files.is_empty());
    check(&files, flags_in_turn);
}

/// What 1.19 and before do otherwise still: they write `43.50000000000001` for 43.5, and store what `:=` in a comprehension assigns to in a slot
/// of the function around.
const OF_1_19_ONLY: [&str; 2] = ["long.py", "scopes.py"];

/// Files that an earlier release refuses, as those with newer syntax, do not count, nor those of which 1.19 makes machine code unasked.
#[test]
fn bytecode_of_earlier_releases() {
    let mut files = Vec::new();
    for folder in ["tests/programs", "crates/compiler/tests/programs", "crates/mpy/tests/programs"] {
        files.extend(berus_testkit::python_files(&berus_testkit::workspace().join(folder)));
    }
    let output = berus_testkit::temp_dir();
    let output = output.path().join("out.mpy");
    for (peer, release) in [
        ("mpy-cross-1.12", Release(1, 12, 0)),
        ("mpy-cross-1.13", Release(1, 13, 0)),
        ("mpy-cross-1.14", Release(1, 14, 0)),
        ("mpy-cross-1.15", Release(1, 15, 0)),
        ("mpy-cross-1.16", Release(1, 16, 0)),
        ("mpy-cross-1.17", Release(1, 17, 0)),
        ("mpy-cross-1.18", Release(1, 18, 0)),
        ("mpy-cross-1.19", Release(1, 19, 0)),
        ("mpy-cross-1.20", Release(1, 20, 0)),
        ("mpy-cross-1.22", Release(1, 22, 0)),
        ("mpy-cross-1.23", Release(1, 23, 0)),
    ] {
        let Some(mpy_cross) = berus_testkit::peer(peer) else { continue };
        let (mut compared, mut differences) = (0, String::new());
        let flags = [(0, 31, false), (3, 31, false), (0, 15, false), (1, 63, false), (0, 31, true)];
        for (path, (optimise, small_int_bits, cache_lookups)) in files.iter().zip(flags.into_iter().cycle()) {
            let source = fs::read(path).unwrap();
            let flags = [format!("-O{optimise}"), format!("-msmall-int-bits={small_int_bits}")];
            let cache_lookups = cache_lookups && release < Release(1, 18, 0);
            let mut command = Command::new(&mpy_cross);
            command.args(["-s", "x.py"]).args(flags).args(cache_lookups.then_some("-mcache-lookup-bc"));
            let theirs = command.arg("-o").arg(&output).arg(path).output().unwrap();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !theirs.status.success() || release < Release(1, 20, 0) && OF_1_19_ONLY.contains(&name) {
                continue;
            }
            let theirs = fs::read(&output).unwrap();
            if theirs[2] >> 2 != 0 {
                continue;
            }
            let name = Options { source_name: b"x.py", ..Options::default() };
            let options = Options { optimise, small_int_bits, release, cache_lookups, ..name };
            let ours = compile(&source, &options).and_then(|module| to_file(&module, &options));
            compared += 1;
            if ours.as_deref().ok() != Some(&*theirs) {
                differences += &format!("{}\n", path.display());
            }
        }
        assert!(differences.is_empty(), "{peer}: of {compared}:\n{differences}");
        assert!(compared >= 15, "{peer}: {compared}");
    }
}

#[test]
fn machine_code() {
    let folder = berus_testkit::workspace().join("crates/compiler/tests/programs/machine_code");
    let files = berus_testkit::python_files(&folder);
    assert!(!files.is_empty());
    check(&files, |_| machine_code_flags());
}

/// The options under which functions are native if they do not say what they are.
fn native_flags() -> Vec<Flags> {
    let mut native = machine_code_flags();
    native.retain(|flags| flags.ours.emitter == Emitter::Native);
    native
}

#[test]
fn machine_code_with_distant_jumps_and_items() {
    let folder = berus_testkit::temp_dir();
    let path = folder.path().join("distant.py");
    let native = native_flags();
    let statements = |count: u32| "        x = x + a * 3 - n\n".repeat(count as usize);
    for size in [2, 12, 25, 80, 200] {
        // Jumps over, back to, and out of code of several sizes; offsets of several sizes.
        let body = statements(size);
        let source = format!(
            "@micropython.viper\ndef f(a: int, n: int, p: ptr32, q: ptr16, r: ptr8) -> int:\n    x = 0\n    while x < a:\n        \
             if x == n:\n            continue\n{body}        if not x:\n            break\n{body}        \
             p[{size}] = q[{size}] + r[{size}] + p[x]\n    return x\n\
             @micropython.native\ndef g(a, n):\n    x = n\n    for i in a:\n        try:\n            x = i or a\n        \
             except n:\n            continue\n{body}    else:\n        return a\n    yield from a\n"
        );
        fs::write(&path, source).unwrap();
        check(std::slice::from_ref(&path), |_| &native);
    }
}

#[test]
fn machine_code_of_more_than_64_kilobytes() {
    let folder = berus_testkit::temp_dir();
    let path = folder.path().join("long.py");
    let source =
        format!("def f(a, b=2, *c, d=4, **e):\n    x = 0\n{}    return x\n", "    x = x + a * b - d\n".repeat(1500));
    fs::write(&path, source).unwrap();
    check(&[path], |_| machine_code_flags());
}

#[test]
fn machine_code_of_long_loops_and_large_frames() {
    let folder = berus_testkit::temp_dir();
    let path = folder.path().join("large.py");
    let native = native_flags();
    // Xtensa has no jump for the longest.
    for lines in [100, 400, 8000] {
        let body = "        x = x + a * b\n".repeat(lines);
        let source = format!("def f(a, b=2):\n    x = 0\n    while a:\n{body}    return x\n");
        fs::write(&path, source).unwrap();
        check(std::slice::from_ref(&path), |_| &native);
    }
    for values in [70, 236, 237, 300, 2040] {
        let source = format!("def f(x):\n    y = 123456\n    return [{}y]\n", "x, ".repeat(values));
        fs::write(&path, source).unwrap();
        check(std::slice::from_ref(&path), |_| &native);
    }
}

/// A file of programs with errors, with a line `####` between them.
fn check_errors(programs: &str, flags: &[Flags]) {
    let Some(mpy_cross) = berus_testkit::peer("mpy-cross") else { return };
    let folder = berus_testkit::temp_dir();
    let path = folder.path().join("error.py");
    let mut differences = String::new();
    for program in programs.split("####\n") {
        fs::write(&path, program).unwrap();
        for flags in flags {
            if let Some(what) = difference(&mpy_cross, &path, program.as_bytes(), flags) {
                differences += &format!("{program}{what}\n");
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn errors() {
    check_errors(include_str!("errors.txt"), &all_flags()[..2]);
}

#[test]
fn errors_in_machine_code() {
    check_errors(include_str!("machine_code_errors.txt"), &machine_code_flags()[..1]);
}

#[test]
fn errors_in_inline_assembler() {
    for machine in [Arch::Armv6m, Arch::Armv7emsp] {
        check_errors(include_str!("thumb_errors.txt"), &flags_for(machine, 0)[..1]);
    }
    for machine in [Arch::Xtensa, Arch::Xtensawin] {
        check_errors(include_str!("xtensa_errors.txt"), &flags_for(machine, 0)[..1]);
    }
    for extensions in [0, 3] {
        check_errors(include_str!("rv32_errors.txt"), &flags_for(Arch::Rv32imc, extensions)[..1]);
    }
}

#[test]
fn the_standard_library_of_cpython() {
    // Every seventh file, so that the test takes seconds; the whole is for `mpy-identical`.
    let files: Vec<_> = berus_testkit::stdlib_sources().into_iter().step_by(7).collect();
    check(&files, flags_in_turn);
}
