//! The programs of the language.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    berus_testkit::programs::main(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs"), &[], None)
}
