//! The examples of native modules: they compile, link, and run.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use berus_mpy::Module;
use berus_mpy::arch::Arch;
use berus_testkit::{TempDir, peer, process, temp_dir, workspace};

const BERUS: &str = env!("CARGO_BIN_EXE_berus");

/// A copy of an example, with the header that it may need.
fn copy_of(example: &str) -> TempDir {
    let copy = temp_dir();
    for folder in [&format!("examples/{example}"), "include"] {
        for entry in walkdir::WalkDir::new(workspace().join(folder)) {
            let entry = entry.unwrap();
            let relative = entry.path().strip_prefix(workspace()).unwrap();
            let made = ["build", "target", "qstrs.rs"].into_iter().any(|name| relative.iter().any(|part| part == name));
            if entry.file_type().is_file() && !made {
                let target = copy.path().join(relative);
                fs::create_dir_all(target.parent().unwrap()).unwrap();
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    copy
}

#[track_caller]
fn succeeded(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Makes an example and checks what its program prints, on Berus and on MicroPython.
#[track_caller]
fn makes_and_runs(example: &str, expected: &str) {
    let there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) || !there("make") || !there("cc") {
        eprintln!("skipped: there is no make, or no compiler for x64");
        return;
    }
    let copy = copy_of(example);
    let folder = copy.path().join("examples").join(example);
    let make = || {
        let mut make = Command::new("make");
        make.current_dir(&folder).env("BERUS", BERUS);
        for name in ["CARGO_TARGET_DIR", "RUSTFLAGS", "MAKEFLAGS"] {
            make.env_remove(name);
        }
        succeeded(make.output().unwrap())
    };
    make();
    assert!(make().contains("up to date"), "what is made is not made again");
    assert_eq!(run(Path::new(BERUS), &folder), expected);
    if let Some(micropython) = peer("micropython") {
        assert_eq!(run(&micropython, &folder), expected);
    }
}

fn run(program: &Path, folder: &Path) -> String {
    succeeded(process::output(Command::new(program).arg("use.py").current_dir(folder)).unwrap())
}

#[test]
fn a_module_in_c() {
    makes_and_runs("native-c", include_str!("../golden/native-c.txt"));
}

#[test]
fn a_module_in_c_for_every_architecture() {
    let there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let copy = copy_of("native-c");
    let folder = copy.path().join("examples/native-c");
    for (compiler, architectures) in [
        ("i686-linux-gnu-gcc", &["x86"][..]),
        ("arm-none-eabi-gcc", &["armv6", "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp"]),
        ("xtensa-lx106-elf-gcc", &["xtensa"]),
        ("xtensa-esp32-elf-gcc", &["xtensawin"]),
        ("riscv64-unknown-elf-gcc", &["rv32imc", "rv64imc"]),
    ] {
        if !there("make") || !there(compiler) {
            eprintln!("skipped: there is no make, or no {compiler}");
            continue;
        }
        architectures.iter().for_each(|arch| makes_for(arch, &folder, "crc", b"crc32"));
    }
}

/// Has make make a module for an architecture, which has a name, and calls functions of the runtime that `berus dump` knows.
#[track_caller]
fn makes_for(arch: &str, folder: &Path, module: &str, name: &[u8]) {
    let mut make = Command::new("make");
    make.current_dir(folder).env("BERUS", BERUS).arg(format!("ARCH={arch}"));
    for name in ["CARGO_TARGET_DIR", "RUSTFLAGS", "MAKEFLAGS"] {
        make.env_remove(name);
    }
    succeeded(make.output().unwrap());
    let file = folder.join(format!("{module}-{arch}.mpy"));
    let bytes = fs::read(&file).unwrap();
    let (module, _) = Module::from_bytes(&bytes).unwrap();
    assert_eq!(module.header.arch.map(Arch::name), Some(arch));
    assert!(module.qstrs.iter().any(|qstr| qstr.as_bytes() == name), "{arch}");
    // The code finds the function table.
    let dump = succeeded(Command::new(BERUS).arg("dump").arg(&file).output().unwrap());
    assert!(dump.contains("; mp_store_global"), "{arch}:\n{dump}");
}

#[test]
fn a_module_in_rust() {
    makes_and_runs("native-rust", include_str!("../golden/native-rust.txt"));
}

#[test]
fn a_module_in_rust_for_every_architecture() {
    let copy = copy_of("native-rust");
    let folder = copy.path().join("examples/native-rust");
    let makes = Command::new("make").arg("--version").output().is_ok();
    for (arch, target) in [
        ("x86", "i686-unknown-linux-gnu"),
        ("armv6", "arm-unknown-linux-gnueabi"),
        ("armv6m", "thumbv6m-none-eabi"),
        ("armv7m", "thumbv7m-none-eabi"),
        ("armv7em", "thumbv7em-none-eabi"),
        ("armv7emsp", "thumbv7em-none-eabihf"),
        ("armv7emdp", "thumbv7em-none-eabihf"),
        ("rv32imc", "riscv32imc-unknown-none-elf"),
        ("rv64imc", "riscv64imac-unknown-none-elf"),
    ] {
        // Where the target's library would be.
        let library = Command::new("rustc").args(["--print", "target-libdir", "--target", target]).output();
        if makes && library.is_ok_and(|output| Path::new(succeeded(output).trim()).is_dir()) {
            makes_for(arch, &folder, "julia", b"escape");
        } else {
            eprintln!("skipped: there is no make, or no Rust for {target}");
        }
    }
}

/// Makes functions of machine code, and looks at the memory that it is in, by pages.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
const PAGES: &str = r#"
import gc

def pages():
    total = 0
    with open("/proc/self/maps") as file:
        for line in file:
            where, permissions = line.split()[:2]
            if "x" in permissions:
                assert "w" not in permissions, line
                start, end = where.split("-")
                total += (int(end, 16) - int(start, 16)) // 4096
    return total

before = pages()
functions = []
for n in range(40):
    names = {}
    exec("@micropython.native\ndef f(x):\n    return x + %d" % n, names)
    functions.append(names["f"])
print(pages() - before, sum(f(1) for f in functions))
functions = names = None
gc.collect()
# A word that was left on the machine stack may have kept the list; other calls write over the word.
pages()
gc.collect()
print(pages() - before < 20)
"#;

#[test]
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn memory_is_never_writable_and_executable_and_goes_with_the_code() {
    let output = Command::new(BERUS).args(["-c", PAGES]).output().unwrap();
    assert_eq!(succeeded(output), "40 820\nTrue\n");
}
