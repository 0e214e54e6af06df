//! What programs that are tested by the command line or in machine code are expected to print is what MicroPython prints.

use std::path::Path;
use std::process::ExitCode;

use berus_testkit::programs::peers;
use berus_testkit::workspace;

fn main() -> ExitCode {
    let folder = |of: &str| workspace().join("crates").join(of).join(Path::new("tests/programs"));
    peers(&[folder("cli"), folder("jit")])
}
