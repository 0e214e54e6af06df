//! Compiles the program, and puts the memory map where the linker looks for it.

use std::path::PathBuf;
use std::{env, fs};

use berus_compiler::{Options, compile};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it"));
    let source = fs::read("program.py").expect("it is part of this crate");
    let options = Options { source_name: b"program.py", ..Options::default() };
    let module = compile(&source, &options).expect("it compiles");
    fs::write(out.join("program.mpy"), module.to_bytes()).expect("Cargo's folder can be written");
    fs::copy("memory.x", out.join("memory.x")).expect("Cargo's folder can be written");
    // No interrupt has a handler.
    fs::write(out.join("device.x"), "").expect("Cargo's folder can be written");
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rerun-if-changed=program.py");
    println!("cargo::rerun-if-changed=memory.x");
}
