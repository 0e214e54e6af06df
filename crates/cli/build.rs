//! How the programs are linked, so that they start quickly: a program of one line takes no longer than the loader does;
//! and what they tell of how they are built.

use std::{
    env::{var, var_os, vars},
    fs::write,
    io,
    path::{Path, PathBuf},
    process::Command,
};

/// The libraries that Rust's standard library names, and the script for the linker that stands in the place of each: it
/// names archives, which become part of the program, or nothing where the C library's archive holds it all.
const LIBRARIES: [(&str, &str); 7] = [
    ("c", "GROUP(-l:libc.a -l:libgcc_eh.a)"),
    ("m", "INPUT(-l:libm.a)"),
    ("gcc_s", "INPUT(-l:libgcc_eh.a)"),
    ("dl", ""),
    ("pthread", ""),
    ("rt", ""),
    ("util", ""),
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    tell_build();
    let is = |name: &str, value: &str| var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") && is("CARGO_CFG_TARGET_ARCH", "x86_64")
    {
        // At a fixed address, there is no table of pointers to correct, page by page.
        println!("cargo::rustc-link-arg-bins=-no-pie");
        if let (true, Some(folder)) = (has_archives(), var_os("OUT_DIR").map(PathBuf::from)) {
            link_statically(&folder)?;
        }
    }
    Ok(())
}

/// Tells the program its target, profile and features, for `berus --version`.
fn tell_build() {
    let told = |name: &str| var(name).unwrap_or_default();
    let features = vars().filter_map(|(name, _)| {
        let feature = name.strip_prefix("CARGO_FEATURE_")?.to_lowercase().replace('_', "-");
        (feature != "default").then_some(feature)
    });
    let features: Vec<_> = features.collect();
    let features = if features.is_empty() { "none".to_owned() } else { features.join(" ") };
    println!("cargo::rustc-env=BERUS_TARGET={}", told("TARGET"));
    println!("cargo::rustc-env=BERUS_PROFILE={}", told("PROFILE"));
    println!("cargo::rustc-env=BERUS_FEATURES={features}");
}

/// Whether the C library is here as an archive: some distributions have it in a package of its own.
fn has_archives() -> bool {
    let compiler = var("RUSTC_LINKER").unwrap_or_else(|_| "cc".into());
    ["libc.a", "libm.a", "libgcc_eh.a"].iter().all(|archive| {
        let found = Command::new(&compiler).arg(format!("-print-file-name={archive}")).output();
        found.is_ok_and(|found| Path::new(String::from_utf8_lossy(&found.stdout).trim()).is_absolute())
    })
}

/// Takes the C library into the program. Cargo can only be asked to do so for a whole build with its macros, which it
/// then cannot load; so the linker is given libraries of the same names.
fn link_statically(folder: &Path) -> io::Result<()> {
    for (library, script) in LIBRARIES {
        write(folder.join(format!("lib{library}.so")), script)?;
    }
    println!("cargo::rustc-link-arg-bins=-L{}", folder.display());
    println!("cargo::rustc-link-arg-bins=-static");
    Ok(())
}
