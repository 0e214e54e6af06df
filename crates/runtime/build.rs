//! Decides how the interpreter's opcode handlers go from one to the next, as `src/interpret/op/mod.rs` describes: by
//! jumps, where the configuration `berus_jumps` is set, or from a loop.
//!
//! A handler ends in a call. The compiler makes a jump of that where it optimises, at levels 2, 3, `s` and `z`, on
//! machines that have registers for all arguments, and as long as nobody has it watch the machine stack. At level 1 it
//! leaves calls as they are, for the sake of backtraces.

use std::env::var;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(berus_jumps)");

    let given = |name: &str| var(name).unwrap_or_default();
    let is_watched = !given("CARGO_CFG_SANITIZE").is_empty() || var("CARGO_CFG_MIRI").is_ok();
    let is_asked_not_to = var("CARGO_FEATURE_PLAIN_LOOP").is_ok();
    let makes_jumps = makes_jumps(&given("OPT_LEVEL"), &given("CARGO_CFG_TARGET_ARCH"), &given("CARGO_CFG_TARGET_OS"));

    if makes_jumps && !is_watched && !is_asked_not_to {
        println!("cargo:rustc-cfg=berus_jumps");
    }
}

/// Whether the compiler makes jumps of what handlers end in, at a level of optimisation, for a machine and a system.
pub fn makes_jumps(level: &str, arch: &str, system: &str) -> bool {
    let optimises = matches!(level, "2" | "3" | "s" | "z");
    // Elsewhere six arguments do not fit into registers, or nobody has tried.
    let has_registers = matches!(arch, "x86_64" | "aarch64") && system != "windows";
    optimises && has_registers
}
