//! The programs in `tests/programs`, and what mpy-cross makes of them, in `tests/fixtures`.

use std::fs;
use std::path::{Path, PathBuf};

/// A file in `tests/fixtures`: its name, the program, the peer that compiles it, and the option for its architecture.
pub struct Fixture {
    pub file: &'static str,
    pub program: &'static str,
    pub peer: &'static str,
    pub march: Option<&'static str>,
}

const fn fixture(
    file: &'static str,
    program: &'static str,
    peer: &'static str,
    march: Option<&'static str>,
) -> Fixture {
    Fixture { file, program, peer, march }
}

const fn bytecode(program: &'static str) -> Fixture {
    fixture(program, program, "mpy-cross", None)
}

pub const FIXTURES: &[Fixture] = &[
    bytecode("blocks"),
    bytecode("classes"),
    bytecode("comprehensions"),
    bytecode("constants"),
    bytecode("coroutines"),
    bytecode("dead"),
    bytecode("deep"),
    bytecode("expressions"),
    bytecode("functions"),
    bytecode("long"),
    bytecode("statements"),
    fixture("machine-x64", "machine", "mpy-cross", Some("-march=x64")),
    fixture("machine-rv32imc", "machine", "mpy-cross", Some("-march=rv32imc")),
    fixture("assembler-armv7m", "assembler", "mpy-cross", Some("-march=armv7m")),
    fixture("blocks-1.19", "blocks", "mpy-cross-1.19", None),
    fixture("blocks-1.20", "blocks", "mpy-cross-1.20", None),
    fixture("blocks-1.22", "blocks", "mpy-cross-1.22", None),
    fixture("machine-x64-1.19", "machine", "mpy-cross-1.19", Some("-march=x64")),
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// The source file of the program.
pub fn program(name: &str) -> PathBuf {
    programs().join(name).with_extension("py")
}

/// The folder of the programs.
pub fn programs() -> PathBuf {
    folder("programs")
}

impl Fixture {
    pub fn bytes(&self) -> Vec<u8> {
        let path = folder("fixtures").join(format!("{}.mpy", self.file));
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}
