//! Any bytes for each parser of bytes: what must come of them is a result or an error, never a panic, a hang or a read out of bounds.
//!
//! A [`Target`] is a function of bytes and some good inputs to begin with. `fuzz/` runs targets under libFuzzer, for hours; the test of this
//! crate runs them on damaged copies of the good inputs, a few with every `cargo test`, and as many as `PROPTEST_CASES` says.

#![deny(unsafe_code)]

#[allow(dead_code)] // its tests use more
#[path = "../../mpy/tests/support/machine.rs"]
mod machine;
mod modules;
mod natives;
mod python;
mod sources;
mod terminal;
// Records are taken apart by the programs' own code.
#[path = "../../cli/src/run/tls/mod.rs"]
mod tls;

use python::Program;

/// What any bytes are given to.
pub struct Target {
    /// Its name, which is that of its file in `fuzz/fuzz_targets`, too.
    pub name: &'static str,
    /// Inputs that nothing is wrong with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Gives it bytes.
    ///
    /// # Panics
    /// If what comes of them is not what should.
    pub run: fn(&[u8]),
}

/// The target that a Python program is: [`Program`].
macro_rules! program {
    ($name:literal, $program:expr) => {{
        const PROGRAM: Program = Program { raw_memory: false, text: $program };
        Target { name: $name, seeds: || PROGRAM.seeds(), run: |bytes| PROGRAM.run(bytes) }
    }};
    ($name:literal, $program:expr, raw_memory) => {{
        const PROGRAM: Program = Program { raw_memory: true, text: $program };
        Target { name: $name, seeds: || PROGRAM.seeds(), run: |bytes| PROGRAM.run(bytes) }
    }};
}

/// A file system on a device in memory whose first blocks are the bytes.
macro_rules! file_system {
    ($name:literal, $settings:literal) => {
        program!($name, concat!(include_str!("programs/file_system.py"), $settings))
    };
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "module", seeds: modules::fixtures, run: modules::read },
    Target { name: "verified", seeds: modules::fixtures, run: modules::check_verifier },
    Target { name: "loaded", seeds: modules::fixtures, run: modules::load },
    Target { name: "v5", seeds: modules::old_fixtures, run: modules::convert },
    Target { name: "native", seeds: natives::natives, run: natives::load },
    Target { name: "romfs", seeds: modules::images, run: modules::walk },
    Target { name: "source", seeds: sources::seeds_to_compile, run: sources::compile },
    Target { name: "program", seeds: sources::seeds, run: sources::run },
    Target { name: "editor", seeds: terminal::seeds, run: terminal::edit },
    Target { name: "protocol", seeds: terminal::seeds, run: terminal::talk },
    file_system!("fat", "kind, size, blocks, most = vfs.VfsFat, 512, 64, 20_000\n"),
    file_system!("lfs1", "kind, size, blocks, most = vfs.VfsLfs1, 128, 40, 60_000\n"),
    file_system!("lfs2", "kind, size, blocks, most = vfs.VfsLfs2, 128, 40, 60_000\n"),
    program!("btree", include_str!("programs/btree.py")),
    program!("deflate", include_str!("programs/deflate.py")),
    program!("json", include_str!("programs/json.py")),
    program!("numbers", include_str!("programs/numbers.py")),
    program!("re", include_str!("programs/re.py")),
    program!("struct", include_str!("programs/struct.py")),
    program!("text", include_str!("programs/text.py")),
    program!("tls", include_str!("programs/tls.py")),
    program!("uctypes", include_str!("programs/uctypes.py"), raw_memory),
];

/// The target of that name.
///
/// # Panics
/// If there is none.
pub fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).unwrap_or_else(|| panic!("there is no target {name}"))
}
