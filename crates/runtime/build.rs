//! Decides two things that depend on the machine that is built for.
//!
//! For which machine there is support for machine code, as `src/native/machine/` has: the configuration `berus_machine`.
//! There is none, and modules with machine code are refused, where it is not set.
//!
//! How the interpreter's opcode handlers go from one to the next, as `src/interpret/op/mod.rs` describes: by jumps, where
//! the configuration `berus_jumps` is set, or from a loop.
//!
//! A handler ends in a call. The compiler makes a jump of that where it optimises, at levels 2, 3, `s` and `z`, on
//! machines that have registers for all arguments, and as long as nobody has it watch the machine stack. At level 1 it
//! leaves calls as they are, for the sake of backtraces. Machines with registers for four arguments, Thumb of version 2,
//! have the configuration `berus_few_registers`: handlers find the code that runs in the frame there.

use std::env::var;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(berus_jumps)");
    println!("cargo:rustc-check-cfg=cfg(berus_few_registers)");
    println!(
        "cargo:rustc-check-cfg=cfg(berus_machine, values(none(), \"armv6\", \"rv32\", \"rv64\", \"thumb\", \"x64\", \"x86\"))"
    );
    println!("cargo:rustc-check-cfg=cfg(berus_tier)");
    println!("cargo:rustc-check-cfg=cfg(berus_thumb, values(\"1\", \"2\", \"2-dsp\"))");
    set_machine();

    let given = |name: &str| var(name).unwrap_or_default();
    let is_watched = !given("CARGO_CFG_SANITIZE").is_empty() || var("CARGO_CFG_MIRI").is_ok();
    let is_asked_not_to = var("CARGO_FEATURE_PLAIN_LOOP").is_ok();
    // A loop is smaller.
    let is_small = var("CARGO_FEATURE_SMALL").is_ok() && given("CARGO_CFG_TARGET_OS") == "none";
    let makes_jumps = makes_jumps(&given("OPT_LEVEL"), &machine(&given("TARGET")), &given("CARGO_CFG_TARGET_OS"));

    if makes_jumps && !is_watched && !is_asked_not_to && !is_small {
        println!("cargo:rustc-cfg=berus_jumps");
        if machine(&given("TARGET")) == "thumb2" {
            println!("cargo:rustc-cfg=berus_few_registers");
        }
    }
}

/// The machine of a target: what its name begins with, and `thumb2` for all processors that have these instructions.
fn machine(target: &str) -> String {
    match target.split('-').next().unwrap_or_default() {
        "thumbv7m" | "thumbv7em" | "thumbv8m.main" => "thumb2".into(),
        machine if machine.starts_with("riscv32") => "riscv32".into(),
        machine => machine.into(),
    }
}

/// Whether the compiler makes jumps of what handlers end in, at a level of optimisation, for a machine and a system.
pub fn makes_jumps(level: &str, machine: &str, system: &str) -> bool {
    let optimises = matches!(level, "2" | "3" | "s" | "z");
    // Elsewhere the arguments do not fit into registers, or nobody has tried.
    let has_registers = matches!(machine, "x86_64" | "aarch64" | "riscv32" | "thumb2") && system != "windows";
    optimises && has_registers
}

/// Sets the configuration `berus_machine`, and for Thumb `berus_thumb`: which instructions there are.
fn set_machine() {
    if var("CARGO_FEATURE_NATIVE").is_err() || var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "windows") {
        return;
    }
    // Whether a target for Arm is in Thumb state, stable compilers tell by its name only.
    let target = var("TARGET").unwrap_or_default();
    let machine = match var("CARGO_CFG_TARGET_ARCH").as_deref() {
        Ok("arm") if target.starts_with("thumb") => "thumb",
        Ok("arm") => "armv6",
        Ok("riscv32") => "rv32",
        Ok("riscv64") => "rv64",
        Ok("x86") => "x86",
        Ok("x86_64") if var("CARGO_CFG_TARGET_POINTER_WIDTH").as_deref() == Ok("64") => "x64",
        _ => return,
    };
    println!("cargo:rustc-cfg=berus_machine");
    println!("cargo:rustc-cfg=berus_machine=\"{machine}\"");
    // Whether bytecode can be translated while it runs.
    if machine == "x64" && var("CARGO_FEATURE_JIT").is_ok() {
        println!("cargo:rustc-cfg=berus_tier");
    }
    if machine == "thumb" {
        let thumb = match target.split('-').next().unwrap_or_default() {
            "thumbv4t" | "thumbv5te" | "thumbv6m" | "thumbv8m.base" => "1",
            "thumbv7m" => "2",
            _ => "2-dsp",
        };
        println!("cargo:rustc-cfg=berus_thumb=\"{thumb}\"");
    }
}
