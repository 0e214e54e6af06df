//! A program from files of the debugger's machine, as the command line names them:
//!
//! ```text
//! NAME [-X emit=bytecode|native|viper] [-X in-place] FILE ...
//! ```
//!
//! The last file is the program, those before are modules that the program can import. Each is source or compiled,
//! `.py` or `.mpy`. With `in-place` compiled ones stay where they were read to, and run there, as those in ROM do.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use berus_runtime::data::system::SystemLists;
use berus_runtime::heap::Heap;
use berus_runtime::host::{Host, MachineCode};
use berus_runtime::import::load::Load;
use berus_runtime::import::run::RunModule;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::layout::{Dict, Module};
use berus_runtime::model::object::Gc;
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::services::end::End;

use crate::code::CodeInRam;
use crate::semihosting;
use crate::semihosting::{Console, read_file};

/// A host that is a debugger, on a board that grants machine code.
#[derive(Default)]
struct Debugger {
    console: Console,
}

impl Host for Debugger {
    fn write_stdout(&self, bytes: &[u8]) {
        self.console.write(bytes);
    }

    fn machine_code(&self) -> Option<&dyn MachineCode> {
        Some(&CodeInRam)
    }
}

/// Runs the program that the command line names, and ends.
pub fn run(heap: Heap, limits: Limits) -> ! {
    // SAFETY: what runs programs keeps the contract of raw words.
    let Some(mut vm) = (unsafe { Vm::new(heap, Box::<Debugger>::default(), limits) }) else { semihosting::exit(false) };
    let mut arguments = semihosting::arguments().into_iter().skip(1).peekable();
    let mut in_place = false;
    while arguments.next_if(|argument| argument == "-X").is_some() {
        match arguments.next().as_deref() {
            Some("in-place") => in_place = true,
            Some(option) => configure(&mut vm, option),
            None => {}
        }
    }
    let files = arguments.collect::<Vec<_>>();
    let status = vm.enter(|vm| match run_files(vm, &files, in_place) {
        Ok(()) => 0,
        Err(raised) => vm.report_end(raised),
    });
    semihosting::exit(status == 0)
}

/// Does what an option says.
#[cfg(feature = "compiler")]
fn configure(vm: &mut Vm, option: &str) {
    use berus_compiler::Emitter;
    use berus_runtime::import::source::Compile;

    vm.set_emitter(match option {
        "emit=native" => Emitter::Native,
        "emit=viper" => Emitter::Viper,
        _ => Emitter::Bytecode,
    });
}

/// Does what an option says.
#[cfg(not(feature = "compiler"))]
fn configure(_: &mut Vm, _: &str) {}

fn run_files(vm: &Vm, names: &[String], in_place: bool) -> Res<()> {
    let Some((program, modules)) = names.split_last() else { return Ok(()) };
    if !modules.is_empty() {
        // Without a path, modules are those written in Rust.
        vm.add_path(b"")?;
    }
    for name in modules {
        let stem = name.rsplit('/').next().and_then(|file| file.split('.').next()).unwrap_or(name);
        let stem = vm.intern(stem.as_bytes())?;
        let module = Module::new(vm, stem)?;
        run_file(vm, name, module.globals, in_place)?;
        vm.modules().store(vm, stem, module.obj())?;
    }
    run_file(vm, program, vm.main(), in_place)
}

/// Runs a file as a module with these variables.
fn run_file(vm: &Vm, name: &str, globals: Gc<Dict>, in_place: bool) -> Res<()> {
    vm.run_body(load_file(vm, name, globals, in_place)?, globals)
}

/// The function that is the body of the module in a file.
fn load_file(vm: &Vm, name: &str, globals: Gc<Dict>, in_place: bool) -> Res {
    let Some(bytes) = read_file(name) else { return Err(vm.value_error(format_args!("no file '{name}'"))) };
    match in_place && name.ends_with(".mpy") {
        true => vm.load_static(bytes.leak(), globals),
        false => vm.load_program(name.as_bytes(), &bytes, globals),
    }
}
