//! Puts the memory map of the chip where the linker looks for it, and the image of frozen modules, which `BERUS_FROZEN`
//! may name, where the board's program does.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it"));
    let chip = if env::var_os("CARGO_FEATURE_RP2040").is_some() { "rp2040" } else { "rp235x" };
    let map = format!("memory/{chip}.x");
    fs::copy(&map, out.join("memory.x")).unwrap_or_else(|error| panic!("{map}: {error}"));
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rerun-if-changed={map}");

    let image = match env::var_os("BERUS_FROZEN") {
        Some(path) => {
            println!("cargo::rerun-if-changed={}", path.display());
            fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        }
        // An image without files.
        None => b"\xd2\xcd\x31\x00".to_vec(),
    };
    fs::write(out.join("frozen.romfs"), image).expect("Cargo's folder can be written");
    println!("cargo::rerun-if-env-changed=BERUS_FROZEN");
}
