//! Merged modules: as safe as their parts, and what MicroPython runs as one program after another.

use std::fs;
use std::process::Command;

use berus_mpy::Module;
use berus_mpy::merge::{MergeError, merge};
use berus_mpy::verify::verify;
use berus_testkit::{mpy_cross, peer, process, temp_dir};

use crate::support::fixtures::FIXTURES;

fn module(bytes: &[u8]) -> Module<'_> {
    Module::from_bytes(bytes).unwrap().0
}

#[test]
fn any_modules_make_a_safe_one() {
    let files: Vec<_> = FIXTURES.iter().map(|fixture| (fixture.file, fixture.bytes())).collect();
    for (one, first) in &files {
        for (other, second) in &files {
            let names = format!("{one}, {other}");
            let merged = match merge(&[module(first), module(second)]) {
                Ok(merged) => merged,
                Err(error) => {
                    assert_eq!(error, MergeError::MachineCode, "{names}");
                    assert!([first, second].iter().all(|bytes| module(bytes).header.arch.is_some()), "{names}");
                    continue;
                }
            };
            let bytes = merged.to_bytes();
            assert_eq!(module(&bytes), merged, "{names}");
            assert!(verify(&merged).is_ok(), "{names}");
            assert_eq!(merged.codes.len(), 1 + module(first).codes.len() + module(second).codes.len());
        }
    }
}

#[test]
fn one_module_stays_what_it_is() {
    let bytes = FIXTURES[0].bytes();
    assert_eq!(merge(&[module(&bytes)]).unwrap().to_bytes(), bytes);
    assert_eq!(merge(&[]), Err(MergeError::Nothing));
}

/// What `mpy-tool.py --merge` of MicroPython 1.29 makes of two files with the text `print(1)`, called `a.py`.
const OF_MPY_TOOL: &[u8] = b"M\x06\x00\x1f\x06\x00\x08a.py\x00\x0f\x81\x77\x08a.py\x00\x0f\x81\x77\
    \x7c\x00\x02\x00\x32\x00\x34\x00\x59\x32\x01\x34\x00\x59\x51\x63\x02\
    \x58\x08\x02\x01\x11\x02\x81\x34\x01\x59\x51\x63\x58\x08\x02\x04\x11\x05\x81\x34\x01\x59\x51\x63";

#[test]
fn the_bytes_are_those_of_mpy_tool() {
    let bytes = b"M\x06\x00\x1f\x03\x00\x08a.py\x00\x0f\x81\x77\x58\x08\x02\x01\x11\x02\x81\x34\x01\x59\x51\x63";
    let merged = merge(&[module(bytes), module(bytes)]).unwrap().to_bytes();
    assert_eq!(merged, OF_MPY_TOOL);
}

/// Jumps across many names, so that indices grow, and with them the distances.
fn program(name: &str) -> String {
    let names: String = (0..40).map(|n| format!("{name}_{n} = {n} + 0.5\n    ")).collect();
    format!(
        "def f(x, {name}_arg=(1, 'two')):
    {names}for i in range(x):
        try:
            while True:
                if i > 3:
                    break
                {names_in}i += 1
        finally:
            if i == 7:
                continue
            print('{name}', i, {name}_39, {name}_arg)
f(9)
",
        names_in = names.replace("    ", "                ")
    )
}

#[test]
fn micropython_runs_one_after_the_other() {
    let (Some(micropython), Some(compiler)) = (peer("micropython"), peer("mpy-cross")) else { return };
    let folder = temp_dir();
    let run = |program: &str| {
        let out = process::output(Command::new(&micropython).args(["-c", program]).current_dir(&folder)).unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        out.stdout
    };
    let programs: Vec<_> = (0..5).map(|n| program(&format!("name{n}"))).collect();
    let files: Vec<_> = programs
        .iter()
        .map(|program| {
            let source = folder.path().join("source.py");
            fs::write(&source, program).unwrap();
            mpy_cross(&compiler, &[], &source).unwrap()
        })
        .collect();
    let modules: Vec<_> = files.iter().map(|bytes| module(bytes)).collect();
    fs::write(folder.path().join("merged.mpy"), merge(&modules).unwrap().to_bytes()).unwrap();
    assert_eq!(run("import merged"), run(&programs.concat()));
}

/// A module made by hand may name children that no module has.
#[test]
fn children_beyond_all_numbers_are_refused() {
    let mut files = FIXTURES.iter().map(|fixture| fixture.bytes());
    let bytes = files.find(|bytes| module(bytes).header.arch.is_none()).expect("one of bytecode");
    let mut wrong = module(&bytes);
    wrong.codes[0].children = vec![u32::MAX];
    assert_eq!(merge(&[module(&bytes), wrong]).unwrap_err(), MergeError::Index);
}
