//! The image of frozen modules, for the build scripts of boards.

use std::path::Path;
use std::{env, fs};

/// Puts the image that `BERUS_FROZEN` names, or one without files, into Cargo's folder `out`, where the board's program
/// includes it.
pub fn put(out: &Path) {
    let image = match env::var_os("BERUS_FROZEN") {
        Some(path) => {
            println!("cargo::rerun-if-changed={}", path.display());
            fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        }
        None => b"\xd2\xcd\x31\x00".to_vec(),
    };
    fs::write(out.join("frozen.romfs"), image).expect("Cargo's folder can be written");
    println!("cargo::rerun-if-env-changed=BERUS_FROZEN");
}
