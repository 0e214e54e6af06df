//! Running programs: `berus FILE`, `berus -c COMMAND`, `berus -m MODULE`, with the options and the exit status of MicroPython's unix port.

mod files;
mod host;
mod options;
#[cfg(unix)]
mod poll;
mod process;
mod threads;

use std::ffi::OsString;
use std::process::ExitCode;

use berus_runtime::error::{Raised, Res};
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::obj::dict::Dict;
use berus_runtime::obj::exception::SYSTEM_EXIT;
use berus_runtime::obj::list::List;
use berus_runtime::object::Gc;
use berus_runtime::ops::print::Stderr;
use berus_runtime::q;
use berus_runtime::vm::{Limits, Vm};
use berus_runtime::word::Obj;

use host::StdHost;
use options::{Options, Program};

/// Machine stack that built-ins may use, and what is kept for the calls around and below them.
const STACK: usize = 2 << 20;
const STACK_LEFT: usize = 1 << 20;

/// Whether `args`, those behind the program's name, ask for a program to be run rather than for a subcommand.
pub fn is_asked_for(args: &[OsString], is_subcommand: impl Fn(&str) -> bool) -> bool {
    match args.first().and_then(|first| first.to_str()) {
        Some("-h" | "--help" | "-V" | "--version" | "help") => false,
        Some(first) if first.starts_with('-') => !first.starts_with("--"),
        // What has a dot or a slash is a file without further question, which takes time that a short program does not.
        Some(first) => first.contains(['.', '/']) || !is_subcommand(first),
        None => !args.is_empty() || !std::io::IsTerminal::is_terminal(&std::io::stdin()),
    }
}

/// Runs a program.
pub fn run(args: Vec<OsString>) -> ExitCode {
    let options = match options::parse(&args) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(1);
        }
    };
    if let Some(message) = options.missing_file() {
        eprintln!("berus: {message}");
        return ExitCode::from(2);
    }
    if has_deep_stack() {
        return ExitCode::from(run_with(&options));
    }
    let thread = std::thread::Builder::new().stack_size(STACK + STACK_LEFT).spawn(move || run_with(&options));
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(status)) => ExitCode::from(status),
        _ => ExitCode::FAILURE,
    }
}

/// Whether the stack of this thread, the first, is known to be deep enough to run programs on: that saves the time to start another.
/// Arguments and environment take up to a quarter of it.
fn has_deep_stack() -> bool {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        getrlimit(Resource::Stack).current.is_none_or(|limit| limit / 4 * 3 >= (STACK + STACK_LEFT) as u64)
    }
    #[cfg(not(unix))]
    false
}

fn run_with(options: &Options) -> u8 {
    let heap = Heap::growing(&GlobalRegions, options.heap_size);
    let limits = Limits { machine_stack: STACK, ..Limits::default() };
    let Some(mut vm) = Vm::new(heap, Box::new(StdHost::new()), limits) else {
        eprintln!("the heap is too small");
        return 1;
    };
    vm.register(berus_stdlib::MODULES);
    vm.freeze(&berus_stdlib::FROZEN);
    vm.set_optimisation(options.optimise);
    vm.set_emitter(options.emitter);
    vm.enter(|vm| {
        let status = match prepare(vm, options).and_then(|()| run_program(vm, options)) {
            Ok(()) => 0,
            Err(raised) => report(vm, raised),
        };
        // No tracing function sees the end.
        let ended = vm.set_trace(None).and_then(|()| vm.call_at_exit());
        let status = ended.map_or_else(|raised| report(vm, raised), |()| status);
        vm.finalise_all();
        vm.host().flush();
        // Threads end with the program, also those that wait for input which may never come.
        std::process::exit(status.into())
    })
}

/// Mounts the files of the machine, and fills in `sys.argv` and `sys.path`.
fn prepare(vm: &Vm, options: &Options) -> Res<()> {
    berus_stdlib::vfs::mount_posix(vm)?;
    for argument in &options.arguments {
        append(vm, vm.argv(), argument)?;
    }
    append(vm, vm.path(), &options.folder)?;
    for folder in &options.path {
        append(vm, vm.path(), folder)?;
    }
    Ok(())
}

fn append(vm: &Vm, list: Obj, text: &[u8]) -> Res<()> {
    let text = vm.new_str(text)?;
    match list.downcast::<List>() {
        Some(list) => list.append(vm, text),
        None => Ok(()),
    }
}

fn run_program(vm: &Vm, options: &Options) -> Res<()> {
    let main = vm.main();
    match &options.program {
        Program::Command(source) => run_source(vm, source, b"<stdin>", options, main),
        Program::File(file) if options.compile_only => {
            let source = vm.read_file(file)?;
            run_source(vm, source.bytes(), file, options, main)
        }
        Program::File(file) => {
            main.store(vm, q!("__file__"), vm.new_str(file)?)?;
            vm.run_file(file, main)
        }
        Program::Module(name) => vm.run_module(name),
        Program::Input => {
            let mut source = Vec::new();
            let mut chunk = [0; 4096];
            while let Ok(len @ 1..) = vm.host().read_stdin(&mut chunk) {
                source.extend_from_slice(&chunk[..len]);
            }
            run_source(vm, &source, b"<stdin>", options, main)
        }
    }
}

fn run_source(vm: &Vm, source: &[u8], name: &[u8], options: &Options, main: Gc<Dict>) -> Res<()> {
    let body = vm.compile(source, name, berus_compiler::Mode::File, main)?;
    if options.compile_only { Ok(()) } else { vm.run_body(body, main) }
}

/// Reports an exception that nobody has handled: the exit status that it means.
fn report(vm: &Vm, raised: Raised) -> u8 {
    let exception = vm.take_exception(raised);
    if vm.matches(exception, &SYSTEM_EXIT) {
        let value = vm.as_exception(exception).map_or(Obj::NONE, |exception| exception.value());
        if value == Obj::NONE {
            return 0;
        }
        return value.as_small_int().map_or(1, |status| status as u8);
    }
    if let Err(raised) = vm.print_exception(&mut Stderr, exception) {
        let _ = vm.take_exception(raised);
    }
    1
}
