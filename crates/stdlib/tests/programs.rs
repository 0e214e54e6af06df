//! The programs of the library, one for each module or part of one.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    berus_testkit::programs::main(&folder, berus_stdlib::MODULES, Some(&berus_stdlib::FROZEN))
}
