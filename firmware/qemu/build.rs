//! Puts the memory map of the board, which `BERUS_BOARD` names, where the linker looks for it.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let board = env::var("BERUS_BOARD").expect("BERUS_BOARD names a file of memory/ without its .x");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it"));
    let map = format!("memory/{board}.x");
    fs::copy(&map, out.join("memory.x")).unwrap_or_else(|error| panic!("{map}: {error}"));
    println!("cargo::rustc-link-search={}", out.display());
    if env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("riscv32") {
        println!("cargo::rustc-link-arg=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rerun-if-env-changed=BERUS_BOARD");
    println!("cargo::rerun-if-changed={map}");
}
