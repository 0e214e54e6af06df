//! Python source: compiled in every way, and run.

use berus_compiler::{Emitter, Mode, Options};
use berus_mpy::Module;
use berus_mpy::arch::Arch;
use berus_mpy::verify::verify;
use berus_runtime::import::source::Compile;
use berus_terminal::wants_more;

use crate::python::{traceback, with_interpreter};

/// Programs that have something of everything.
pub fn seeds() -> Vec<Vec<u8>> {
    crate::modules::files("crates/mpy/tests/programs", "py")
}

/// The same, and programs for machine code, which are not for running here.
pub fn seeds_to_compile() -> Vec<Vec<u8>> {
    let mut all = seeds();
    all.extend(crate::modules::files("crates/compiler/tests/programs/machine_code", "py"));
    all
}

/// Compiles bytes; what comes of them is a module that can be read again and that the verifier accepts.
pub fn compile(bytes: &[u8]) {
    let _ = wants_more(bytes);
    let plain = Options::default();
    // Machine code for one machine, which is another one for bytes of another length.
    let machine = Options { arch: Some(Arch::ALL[bytes.len() % Arch::ALL.len()]), arch_flags: 3, ..plain.clone() };
    let all = [
        Options { mode: Mode::Single, ..plain.clone() },
        Options { mode: Mode::Pasted, ..plain.clone() },
        Options { mode: Mode::Eval, ..plain.clone() },
        Options { optimise: 3, small_int_bits: 63, trace_lines: true, python_fstrings: true, ..plain.clone() },
        Options { emitter: Emitter::Native, ..machine.clone() },
        Options { emitter: Emitter::Viper, ..machine.clone() },
        machine,
        plain,
    ];
    for options in &all {
        if let Ok(module) = berus_compiler::compile(bytes, options) {
            let file = module.to_bytes();
            let (read, len) = Module::from_bytes(&file).expect("what is compiled can be read");
            assert_eq!((&read, len), (&module, file.len()));
            verify(&read).expect("what is compiled is accepted");
        }
    }
}

/// Runs bytes as a program, with the library, in bounds.
pub fn run(bytes: &[u8]) {
    with_interpreter(false, |vm| {
        if let Err(raised) = vm.run_source(bytes, b"any.py") {
            traceback(vm, vm.take_exception(raised));
        }
    });
}
