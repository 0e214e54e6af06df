//! Puts the memory map where the linker looks for it, and the image of frozen modules, which `BERUS_FROZEN` may name,
//! where the board's program does. With `BERUS_EMULATED` the map is that of the emulated chip, whose flash has more room for
//! the firmware.

use std::path::PathBuf;
use std::{env, fs};

#[path = "../shared/build/frozen.rs"]
mod frozen;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it"));
    let map = if env::var_os("BERUS_EMULATED").is_some() { "memory/emulated.x" } else { "memory/pyboard.x" };
    fs::copy(map, out.join("memory.x")).expect("Cargo's folder can be written to");
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rerun-if-env-changed=BERUS_EMULATED");
    println!("cargo::rerun-if-changed={map}");

    frozen::put(&out);
}
