//! Running programs: `berus FILE`, `berus -c COMMAND`, `berus -m MODULE`, with the options and the exit status of MicroPython's unix port.

#[cfg(unix)]
mod code_room;
#[cfg(unix)]
mod fifo;
mod files;
#[cfg(all(unix, feature = "ffi"))]
mod foreign;
mod host;
mod interrupt;
#[cfg(unix)]
mod network;
mod options;
#[cfg(unix)]
mod poll;
mod process;
mod prompt;
mod rom;
#[cfg(unix)]
mod sockets;
#[cfg(unix)]
mod terminals;
mod threads;
mod tier;
mod tls;
mod zone;

use std::ffi::OsString;
use std::process::ExitCode;

use berus_mpy::memory::Quota;
use berus_runtime::data::system::SystemLists;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::import::frozen::Freeze;
use berus_runtime::import::registry::Register;
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::interpret::trace::Trace;
use berus_runtime::model::error::Res;
use berus_runtime::model::events::Poll;
use berus_runtime::model::finalise::Finalise;
use berus_runtime::model::importing::Import;
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::model::word::Obj;
use berus_runtime::modules::mem_info::MemoryReport;
use berus_runtime::ops::print::Stdout;
use berus_runtime::q;
use berus_runtime::services::console::Console;
use berus_runtime::services::end::End;
#[cfg(unix)]
pub use files::number;
use host::StdHost;
#[cfg(unix)]
pub use host::entropy;
pub use options::{HELP, options_for_programs};
use options::{Options, Program};

use crate::output::describe;

/// Machine stack that built-ins may use, and what is kept for the calls around and below them.
const STACK: usize = 2 << 20;
const STACK_LEFT: usize = 1 << 20;

/// What a command line asks for.
pub enum Request {
    /// One of the subcommands, or something about them.
    Subcommand,
    /// Help.
    Help,
    /// The version.
    Version,
    /// To run a program.
    Program,
}

/// What `args`, those behind the program's name, ask for.
pub fn request(args: &[OsString], is_subcommand: impl Fn(&str) -> bool) -> Request {
    let mut args = args.iter().map(|arg| arg.to_str().unwrap_or_default()).enumerate();
    while let Some((n, arg)) = args.next() {
        match arg {
            "-h" | "--help" => return Request::Help,
            "-V" | "--version" => return Request::Version,
            "-X" => {
                args.next();
            }
            "-c" | "-m" => break,
            _ if arg.starts_with("--") => return if n == 0 { Request::Subcommand } else { Request::Program },
            _ if arg.starts_with('-') => {}
            // What has a dot or a slash is a file without further question, which takes time that a short program does not.
            _ if n > 0 || arg.contains(['.', '/']) || arg != "help" && !is_subcommand(arg) => break,
            _ => return Request::Subcommand,
        }
    }
    Request::Program
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
    let rom = match options.rom.as_deref().map(rom::read).transpose() {
        Ok(rom) => rom,
        Err(message) => {
            eprintln!("berus: {message}");
            return ExitCode::from(2);
        }
    };
    if has_deep_stack() {
        return ExitCode::from(run_with(&options, rom));
    }
    let thread = std::thread::Builder::new().stack_size(STACK + STACK_LEFT).spawn(move || run_with(&options, rom));
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

fn run_with(options: &Options, rom: Option<&'static [u8]>) -> u8 {
    let heap = Heap::growing(&GlobalRegions, options.heap_size);
    let limits = Limits { machine_stack: STACK, ..Limits::default() };
    let host = StdHost::new(rom, options.circuitpython);
    // SAFETY: what runs programs keeps the contract of raw words.
    let Some(mut vm) = (unsafe { Vm::new(heap, Box::new(host.clone()), limits) }) else {
        eprintln!("the heap is too small");
        return 1;
    };
    vm.register(berus_stdlib::MODULES);
    vm.freeze(&berus_stdlib::FROZEN);
    prompt::edit_input(&mut vm, &host);
    vm.set_optimisation(options.optimise);
    vm.set_emitter(options.emitter);
    vm.set_verbosity(options.verbosity);
    tier::set(&mut vm, options.jit);
    vm.enter(|vm| {
        // An interrupt may have come with the last of it.
        let ended = prepare(vm, options).and_then(|()| run_program(vm, options)).and_then(|()| vm.poll());
        let mut status = ended.map_or_else(|raised| vm.report_end(raised), |()| 0);
        if wants_prompt(vm, options) {
            status = prompt::run(vm, &host);
        }
        // No tracing function sees the end.
        let ended = vm.set_trace(None).and_then(|()| vm.call_at_exit());
        status = ended.map_or_else(|raised| vm.report_end(raised), |()| status);
        if options.verbosity > 0
            && let Err(raised) = vm.print_memory(&mut Stdout)
        {
            status = vm.report_end(raised);
        }
        tier::tell(vm);
        vm.finalise_all();
        vm.host().flush();
        if let Some(error) = host.complaint() {
            eprintln!("berus: standard output: {}", describe(error));
            status = status.max(1);
        }
        // Threads end with the program, also those that wait for input which may never come.
        std::process::exit(status.into())
    })
}

/// Whether a prompt follows the program, or stands for it.
fn wants_prompt(vm: &Vm, options: &Options) -> bool {
    options.inspect
        || options.is_at_terminal()
        // The program may have set it.
        || vm.host().process().and_then(|process| process.getenv(b"MICROPYINSPECT")).is_some_and(|value| !value.is_empty())
}

/// Mounts the files of the machine and a ROM image, and fills in `sys.argv` and `sys.path`.
fn prepare(vm: &Vm, options: &Options) -> Res<()> {
    berus_stdlib::vfs::mount_posix(vm)?;
    for argument in &options.arguments {
        vm.add_argument(argument)?;
    }
    vm.add_path(&options.folder)?;
    for folder in &options.path {
        vm.add_path(folder)?;
    }
    berus_stdlib::vfs::mount_rom(vm)
}

fn run_program(vm: &Vm, options: &Options) -> Res<()> {
    let main = vm.main();
    match &options.program {
        Program::Command(source) => run_body(vm, body_of(vm, source)?, options),
        Program::File(file) if options.compile_only => {
            let program = vm.read_file(file)?;
            vm.load_program(file, &program, main).map(|_| ())
        }
        Program::File(file) => {
            main.store(vm, q!("__file__"), vm.new_str(file)?)?;
            vm.run_file(file, main)
        }
        Program::Module(name) => vm.run_module(name),
        Program::None if options.inspect || options.is_at_terminal() => Ok(()),
        Program::Input | Program::None => run_input(vm, options),
    }
}

/// Reads the console to its end and runs the program that comes of it. The buffers are in a frame of their own: in that of
/// a function which runs a program they would keep objects alive, by what was on the machine stack there before.
fn run_input(vm: &Vm, options: &Options) -> Res<()> {
    #[inline(never)]
    fn read_body(vm: &Vm) -> Res {
        let grants = vm.grants();
        let quota = Quota::new(&grants);
        let mut source = Vec::new();
        let mut chunk = [0; 4096];
        while let len @ 1.. = vm.read_console(&mut chunk).map_err(|failure| failure.raise(vm))? {
            quota.append(&mut source, &chunk[..len]).map_err(|stop| grants.raise(stop))?;
        }
        body_of(vm, &source)
    }
    run_body(vm, read_body(vm)?, options)
}

/// The body of a program that has no file.
fn body_of(vm: &Vm, source: &[u8]) -> Res {
    let main = vm.main();
    main.store(vm, q!("__file__"), vm.new_str(b"<stdin>")?)?;
    vm.load_program(b"<stdin>", source, main)
}

fn run_body(vm: &Vm, body: Obj, options: &Options) -> Res<()> {
    if options.compile_only { Ok(()) } else { vm.run_body(body, vm.main()) }
}
