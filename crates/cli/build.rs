//! How the programs are linked, so that they start quickly: a program of one line takes no longer than the loader does.

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") && is("CARGO_CFG_TARGET_ARCH", "x86_64")
    {
        // At a fixed address, the loader has no table of pointers to correct, page by page.
        println!("cargo::rustc-link-arg-bins=-no-pie");
        // Named before the standard library names it, the unwinder is linked in: one library fewer to find, map and search.
        println!("cargo::rustc-link-lib=dylib=gcc_eh");
    }
}
