//! Puts the memory map of the chip where the linker looks for it, and the image of frozen modules, which `BERUS_FROZEN`
//! may name, where the board's program does.

use std::path::PathBuf;
use std::{env, fs};

#[path = "../shared/build/frozen.rs"]
mod frozen;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it"));
    let chip = if env::var_os("CARGO_FEATURE_RP2040").is_some() { "rp2040" } else { "rp235x" };
    let map = format!("memory/{chip}.x");
    fs::copy(&map, out.join("memory.x")).unwrap_or_else(|error| panic!("{map}: {error}"));
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rerun-if-changed={map}");

    frozen::put(&out);
}
