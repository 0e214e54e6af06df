//! Puts the memory map of the board, which `BERUS_BOARD` names, where the linker looks for it, and the image of frozen
//! modules, which `BERUS_FROZEN` may name, where the board's program does. `BERUS_RAM` has the firmware use less of the
//! board's RAM: so many KiB.

use std::path::PathBuf;
use std::{env, fs};

#[path = "../shared/build/frozen.rs"]
mod frozen;

/// The boards, the files of memory/ with their maps, and what their machines are called.
const BOARDS: &[(&str, &str, &str)] = &[
    ("microbit", "microbit", "micro:bit with nRF51"),
    ("mps2-an385", "mps2", "mps2-an385 with Cortex-M3"),
    ("mps2-an386", "mps2", "mps2-an386 with Cortex-M4"),
    ("mps2-an500", "mps2", "mps2-an500 with Cortex-M7"),
    ("mps2-an505", "an505", "mps2-an505 with Cortex-M33"),
    ("virt", "virt", "virt with rv32imc"),
];

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it"));
    let board = env::var("BERUS_BOARD").unwrap_or_default();
    let (name, map, machine) = BOARDS
        .iter()
        .find(|(name, ..)| *name == board)
        .unwrap_or_else(|| panic!("BERUS_BOARD names no board: {board}"));
    let map = format!("memory/{map}.x");
    let mut text = fs::read_to_string(&map).unwrap_or_else(|error| panic!("{map}: {error}"));
    if let Ok(ram) = env::var("BERUS_RAM") {
        let line = text.lines().find(|line| line.trim().starts_with("RAM ")).expect("there is RAM").to_owned();
        let (start, _) = line.rsplit_once('=').expect("the line ends in a length");
        text = text.replace(&line, &format!("{start}= {ram}K"));
    }
    fs::write(out.join("memory.x"), text).expect("Cargo's folder can be written to");
    println!("cargo::rustc-env=BERUS_BOARD={name}");
    println!("cargo::rustc-env=BERUS_MACHINE={machine}");
    let names = BOARDS.iter().map(|(name, ..)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    println!("cargo::rustc-check-cfg=cfg(board, values({names}))");
    println!("cargo::rustc-cfg=board=\"{name}\"");
    println!("cargo::rustc-link-search={}", out.display());
    if env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("riscv32") {
        println!("cargo::rustc-link-arg=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rerun-if-env-changed=BERUS_BOARD");
    println!("cargo::rerun-if-env-changed=BERUS_RAM");
    println!("cargo::rerun-if-changed={map}");

    frozen::put(&out);
}
