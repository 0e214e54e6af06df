//! The programs of the library, with all loops and functions in machine code that can be.

use std::path::Path;
use std::process::ExitCode;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
use berus_runtime::interpret::tier::Tiers;
use berus_runtime::model::vm::Vm;

/// Asks that objects be gone at once. The machine frames between machine code and what it calls may have words in them that
/// keep an object until a later collection.
const LEFT_OUT: [&str; 1] = ["weak_references_dead"];

fn prepare(vm: &mut Vm) {
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    vm.set_translator(Box::new(berus_jit::Jit::new(berus_jit::When::First, None)), berus_jit::When::First);
    let _ = vm;
}

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stdlib/tests/programs");
    berus_testkit::programs::granted(&folder, berus_stdlib::MODULES, Some(&berus_stdlib::FROZEN), &LEFT_OUT, prepare)
}
