//! Names the linker's scripts, which esp-hal puts where the linker looks, and puts the image of frozen modules, which
//! `BERUS_FROZEN` may name, where the board's program includes it.

use std::env;
use std::path::PathBuf;

#[path = "../shared/build/frozen.rs"]
mod frozen;

fn main() {
    println!("cargo::rustc-link-arg=-Tlinkall.x");
    frozen::put(&PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it")));
}
