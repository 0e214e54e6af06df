//! Puts the memory map of the chip where the linker looks for it, and the image of frozen modules, which `BERUS_FROZEN`
//! may name, where the board's program does.

use std::path::PathBuf;
use std::{env, fs};

#[path = "../shared/build/frozen.rs"]
mod frozen;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it"));
    let map = "memory/nrf52840.x";
    fs::copy(map, out.join("memory.x")).unwrap_or_else(|error| panic!("{map}: {error}"));
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg=-Tlink.x");
    // Flash begins below a page of the linker's, which would fill the rest with headers of the file.
    println!("cargo::rustc-link-arg=--nmagic");
    println!("cargo::rerun-if-changed={map}");

    frozen::put(&out);
}
