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

    let is_set = |name: &str| var(name).is_ok_and(|value| !value.is_empty());
    let optimises = matches!(var("OPT_LEVEL").as_deref(), Ok("2" | "3" | "s" | "z"));
    // Elsewhere six arguments do not fit into registers, or nobody has tried.
    let has_registers = matches!(var("CARGO_CFG_TARGET_ARCH").as_deref(), Ok("x86_64" | "aarch64"))
        && var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system != "windows");
    let is_watched = is_set("CARGO_CFG_SANITIZE") || var("CARGO_CFG_MIRI").is_ok();
    let is_asked_not_to = var("CARGO_FEATURE_PLAIN_LOOP").is_ok();

    if optimises && has_registers && !is_watched && !is_asked_not_to {
        println!("cargo:rustc-cfg=berus_jumps");
    }
}
