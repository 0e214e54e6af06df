//! Programs that use the machine: each runs in an empty folder, and prints what is expected.

use std::path::Path;
use std::process::Command;

use berus_testkit::{python_files, temp_dir};

#[test]
fn programs_print_what_is_expected() {
    let programs = python_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs"));
    assert!(!programs.is_empty());
    for program in programs {
        let folder = temp_dir();
        let output = Command::new(env!("CARGO_BIN_EXE_berus"))
            .arg(&program)
            .current_dir(folder.path())
            .env_remove("MICROPYPATH")
            .output()
            .expect("berus starts");
        let expected = std::fs::read_to_string(program.with_extension("out")).expect("it has an expected output");
        let printed = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(printed, expected, "{}: {errors}", program.display());
        assert!(output.status.success(), "{}: {errors}", program.display());
    }
}
