//! Python programs and the output expected of them.
//!
//! A folder has `NAME.py` and `NAME.out`. Each program runs from its source, compiled to an `.mpy` file and loaded from that, with a
//! collection at every allocation, from its source and from an `.mpy` file where that lies, and in steps as short as can be: a trial for
//! each, named `NAME::HOW`.
//!
//! One more, `NAME::peer`, runs the program on MicroPython, which is to print the same. Where that is not wanted, the program says so in a comment,
//! [`DIFFERS`] and why; then MicroPython is to print something else. Without the peer this trial is ignored, and so it is for programs that
//! MicroPython would never end, which say so by [`ENDLESS`].

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::rc::Rc;
use std::time::Duration;

use berus_compiler::{Mode, Options, compile};
use berus_runtime::data::system::SystemLists;
use berus_runtime::heap::{Collection, GlobalRegions, Heap};
use berus_runtime::host::{CodeRoom, Executable, Host, MachineCode, RawMemory, Room};
use berus_runtime::import::frozen::Freeze;
use berus_runtime::import::load::Load;
use berus_runtime::import::registry::Register;
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::interpret::execution::{Answer, Execution, Step};
use berus_runtime::model::embedder::Embedder;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::frozen::Frozen;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::model::word::Obj;
use berus_runtime::services::end::End;
use libtest_mimic::{Arguments, Failed, Trial};
use memmap2::{Mmap, MmapMut};

use crate::{find_peer, peers_are_required, process, python_files};

/// The name that tracebacks have for a program.
const NAME: &[u8] = b"test.py";

/// How a comment begins that says why MicroPython prints something else.
pub const DIFFERS: &str = "# MicroPython differs: ";

/// How a comment begins that says why MicroPython does not come to the program's end.
pub const ENDLESS: &str = "# MicroPython does not end: ";

/// An interpreter for a test, which keeps the contract of raw words; `None` if there is no memory for one.
#[allow(unsafe_code)]
pub fn new_vm(heap: Heap, host: Box<dyn Host>, limits: Limits) -> Option<Box<Vm>> {
    // SAFETY: the code of tests keeps the contract.
    unsafe { Vm::new(heap, host, limits) }
}

/// The way a program is run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// From its source.
    Source,
    /// From an `.mpy` file.
    Mpy,
    /// From its source, with a collection at every allocation.
    Stress,
    /// From an `.mpy` file where that lies, with a collection at every allocation.
    InPlace,
    /// From its source, in steps as short as can be, with a collection every so often.
    Steps,
}

/// How many steps there are from one collection to the next.
const STEPS: u32 = 64;

/// The execution that runs in steps.
#[derive(Default)]
struct Stepping(RefCell<Option<Rc<Execution>>>);

impl Embedder for Stepping {
    fn keep(&self, collection: &mut Collection<'_>) {
        if let Some(execution) = &*self.0.borrow() {
            execution.keep(collection);
        }
    }
}

/// A host that grants memory, and whose time is what programs have slept.
#[derive(Clone, Default)]
struct Console {
    /// What was written to it, output and errors alike.
    written: Rc<RefCell<Vec<u8>>>,
    time: Rc<Cell<Duration>>,
    /// Whether the host grants machine code.
    grants: bool,
}

impl Host for Console {
    fn write_stdout(&self, bytes: &[u8]) {
        self.written.borrow_mut().extend_from_slice(bytes);
    }

    fn monotonic(&self) -> Option<Duration> {
        Some(self.time.get())
    }

    fn sleep(&self, time: Duration) {
        self.time.set(self.time.get().saturating_add(time));
    }

    fn machine_code(&self) -> Option<&dyn MachineCode> {
        if self.grants { Some(self) } else { None }
    }

    fn raw_memory(&self) -> Option<RawMemory> {
        #[allow(unsafe_code)]
        // SAFETY: the programs of tests read and write what is their own.
        Some(unsafe { RawMemory::grant() })
    }
}

#[allow(unsafe_code)]
// SAFETY: the memory is a mapping of its own, which is written by `fill` and then only executed.
unsafe impl MachineCode for Console {
    fn install(&self, len: usize, fill: &mut dyn FnMut(&mut [u8])) -> Option<Executable> {
        let mut memory = MmapMut::map_anon(len).ok()?;
        fill(&mut memory);
        Some(Box::new(memory.make_exec().ok()?))
    }

    fn room(&self, len: usize) -> Option<Room> {
        Some(Box::new(Pieces(Some(MmapMut::map_anon(len).ok()?.make_exec().ok()?))))
    }
}

/// A mapping for pieces of machine code; `None` once the system has refused to change it.
struct Pieces(Option<Mmap>);

#[allow(unsafe_code)]
// SAFETY: the mapping stays where it is, and is written behind earlier pieces only.
unsafe impl CodeRoom for Pieces {
    fn bytes(&self) -> &[u8] {
        self.0.as_deref().unwrap_or(&[])
    }

    fn write(&mut self, at: usize, piece: &[u8]) -> bool {
        if at.checked_add(piece.len()).is_none_or(|end| end > self.bytes().len()) {
            return false;
        }
        let writable = self.0.take().and_then(|memory| memory.make_mut().ok());
        self.0 = writable.and_then(|mut memory| {
            memory[at..at + piece.len()].copy_from_slice(piece);
            memory.make_exec().ok()
        });
        self.0.is_some()
    }
}

/// An interpreter whose output is kept.
pub struct Interpreter {
    vm: Box<Vm>,
    console: Console,
}

impl Interpreter {
    /// An interpreter with a heap of at most `heap_size` bytes, and `modules` besides the runtime's own.
    ///
    /// # Panics
    /// If that is too little for an interpreter.
    pub fn new(heap_size: usize, modules: &'static [ModuleDef]) -> Interpreter {
        Interpreter::on(Console::default(), heap_size, modules)
    }

    /// As [`Interpreter::new`], with machine code granted, and prepared by `prepare`.
    ///
    /// # Panics
    /// As [`Interpreter::new`].
    pub fn granted(heap_size: usize, modules: &'static [ModuleDef], prepare: fn(&mut Vm)) -> Interpreter {
        let console = Console { grants: true, ..Console::default() };
        let mut interpreter = Interpreter::on(console, heap_size, modules);
        prepare(&mut interpreter.vm);
        interpreter
    }

    /// The interpreter itself.
    pub fn vm(&self) -> &Vm {
        &self.vm
    }

    fn on(console: Console, heap_size: usize, modules: &'static [ModuleDef]) -> Interpreter {
        let limits = Limits { machine_stack: 1 << 20, ..Limits::default() };
        let heap = Heap::growing(&GlobalRegions, heap_size);
        let mut vm = new_vm(heap, Box::new(console.clone()), limits).expect("the heap has room");
        vm.register(modules);
        vm.set_embedder(Box::new(Stepping::default()));
        Interpreter { vm, console }
    }

    /// Lets programs import `modules`.
    ///
    /// # Panics
    /// If there is no memory for the name of the place where these are.
    pub fn freeze(&mut self, modules: &'static dyn Frozen) {
        self.vm.freeze(modules);
        self.vm.enter(|vm| {
            vm.add_path(b".frozen").expect("there is memory");
        });
    }

    /// What the program `source` prints, run in the module `__main__`; its traceback included.
    pub fn run(&self, source: &[u8], how: How) -> String {
        self.vm.enter(|vm| {
            if let Err(raised) = run(vm, source, how) {
                vm.report(raised);
            }
            vm.heap().set_stress(false);
        });
        String::from_utf8_lossy(&self.console.written.take()).into_owned()
    }
}

fn run(vm: &Vm, source: &[u8], how: How) -> Res<()> {
    let file = || {
        let options = Options { source_name: NAME, ..Options::default() };
        let file = compile(source, &options).map(|module| module.to_bytes());
        file.map_err(|error| vm.value_error(format_args!("{error}")))
    };
    let body = match how {
        How::Mpy => vm.load(&file()?, vm.main())?,
        How::InPlace => vm.load_static(file()?.leak(), vm.main())?,
        How::Source | How::Stress | How::Steps => vm.compile(source, NAME, Mode::File, vm.main())?,
    };
    vm.heap().set_stress(matches!(how, How::Stress | How::InPlace));
    if how == How::Steps { run_in_steps(vm, body) } else { vm.run_body(body, vm.main()) }
}

/// Runs the body of a program in steps.
fn run_in_steps(vm: &Vm, body: Obj) -> Res<()> {
    let execution = Rc::new(Execution::new(vm, body, &[], Some(vm.main()))?);
    if let Some(stepping) = vm.embedder::<Stepping>() {
        stepping.0.replace(Some(Rc::clone(&execution)));
    }
    for step in 1.. {
        if let Step::Ended(_) = execution.go_on(vm, Answer::Nothing, 0)? {
            break;
        }
        if step % STEPS == 0 {
            vm.collect();
        }
    }
    Ok(())
}

/// Runs the programs of `folder`, with `modules` and `frozen` ones besides the runtime's own, as the main function of a test without the
/// usual harness.
pub fn main(folder: &Path, modules: &'static [ModuleDef], frozen: Option<&'static dyn Frozen>) -> ExitCode {
    let ways = [
        ("source", How::Source),
        ("mpy", How::Mpy),
        ("stress", How::Stress),
        ("in_place", How::InPlace),
        ("steps", How::Steps),
    ];
    let programs = python_files(folder);
    let trials = programs.iter().flat_map(|program| {
        let name = program.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let own = ways.map(|(way, how)| {
            let program = program.clone();
            Trial::test(format!("{name}::{way}"), move || check(&program, how, modules, frozen))
        });
        own.into_iter().chain([peer_trial(program)])
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

/// Runs the programs of `folder` as [`main`] does, on interpreters that are granted machine code and prepared by `prepare`;
/// those named in `left_out` are counted as ignored.
pub fn granted(
    folder: &Path,
    modules: &'static [ModuleDef],
    frozen: Option<&'static dyn Frozen>,
    left_out: &[&str],
    prepare: fn(&mut Vm),
) -> ExitCode {
    let ways = [("source", How::Source), ("stress", How::Stress), ("in_place", How::InPlace), ("steps", How::Steps)];
    let trials = python_files(folder).into_iter().flat_map(|program| {
        let name = program.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        ways.map(|(way, how)| {
            let program = program.clone();
            let check = move || {
                let mut interpreter = Interpreter::granted(64 << 20, modules, prepare);
                if let Some(frozen) = frozen {
                    interpreter.freeze(frozen);
                }
                expect(&program, how, &interpreter)
            };
            Trial::test(format!("{name}::{way}"), check).with_ignored_flag(left_out.contains(&&*name))
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

/// Compares what the programs of `folders` are expected to print with what MicroPython prints, as the main function of a test without the
/// usual harness: the trial `NAME::peer` of [`main`], for programs that are run in other ways elsewhere.
pub fn peers(folders: &[PathBuf]) -> ExitCode {
    let programs = folders.iter().flat_map(|folder| python_files(folder));
    libtest_mimic::run(&Arguments::from_args(), programs.map(|program| peer_trial(&program)).collect()).exit_code()
}

fn peer_trial(program: &Path) -> Trial {
    let no_peer = find_peer("micropython").is_err() && !peers_are_required();
    let is_endless = std::fs::read(program).is_ok_and(|source| has_comment(&source, ENDLESS));
    let name = program.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let program = program.to_owned();
    Trial::test(format!("{name}::peer"), move || check_with_peer(&program)).with_ignored_flag(no_peer || is_endless)
}

/// Checks each program of `folders` by `check`, which gets its source, as the main function of a test without the usual
/// harness: a trial for each.
pub fn each(folders: &[PathBuf], check: fn(&[u8])) -> ExitCode {
    let programs = folders.iter().flat_map(|folder| python_files(folder));
    let trial = |program: PathBuf| {
        let name = program.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Trial::test(name, move || {
            check(&std::fs::read(&program)?);
            Ok(())
        })
    };
    libtest_mimic::run(&Arguments::from_args(), programs.map(trial).collect()).exit_code()
}

fn has_comment(source: &[u8], begin: &str) -> bool {
    String::from_utf8_lossy(source).lines().any(|line| line.starts_with(begin))
}

fn check_with_peer(program: &Path) -> Result<(), Failed> {
    let source = std::fs::read(program)?;
    let expected = std::fs::read_to_string(program.with_extension("out"))?;
    let output = peer_output(&find_peer("micropython")?, &source)?;
    match (output == expected, has_comment(&source, DIFFERS)) {
        (true, false) | (false, true) => Ok(()),
        (true, true) => Err(format!("MicroPython prints the same: remove the comment {DIFFERS:?}").into()),
        (false, false) => Err(format!(
            "MicroPython prints something else (\"is\" below). If that is right, say why in a comment {DIFFERS:?}.\n{}",
            difference(&output, &expected)
        )
        .into()),
    }
}

/// What a program prints on MicroPython, output and errors alike, in a folder of its own.
fn peer_output(micropython: &Path, source: &[u8]) -> std::io::Result<String> {
    let (folder, other) = (crate::temp_dir(), crate::temp_dir());
    let printed = other.path().join("printed");
    std::fs::write(folder.path().join("test.py"), source)?;
    let out = std::fs::File::create(&printed)?;
    let mut program = Command::new(micropython)
        .arg("test.py")
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stderr(out.try_clone()?)
        .stdout(out)
        .spawn()?;
    process::wait(&mut program)?;
    Ok(String::from_utf8_lossy(&std::fs::read(&printed)?).into_owned())
}

fn check(
    program: &Path,
    how: How,
    modules: &'static [ModuleDef],
    frozen: Option<&'static dyn Frozen>,
) -> Result<(), Failed> {
    let mut interpreter = Interpreter::new(64 << 20, modules);
    if let Some(frozen) = frozen {
        interpreter.freeze(frozen);
    }
    expect(program, how, &interpreter)
}

/// Checks that a program prints what is expected.
fn expect(program: &Path, how: How, interpreter: &Interpreter) -> Result<(), Failed> {
    let source = std::fs::read(program)?;
    let expected = std::fs::read_to_string(program.with_extension("out"))?;
    let output = interpreter.run(&source, how);
    if output == expected { Ok(()) } else { Err(difference(&output, &expected).into()) }
}

/// The first line that differs, with its number.
fn difference(output: &str, expected: &str) -> String {
    let (mut lines, mut wanted) = (output.lines(), expected.lines());
    for number in 1.. {
        match (lines.next(), wanted.next()) {
            (None, None) => break,
            (line, expected) if line == expected => {}
            (line, expected) => {
                let [line, expected] = [line, expected].map(|line| line.unwrap_or("(the end)"));
                return format!("line {number}\n  is       {line}\n  expected {expected}");
            }
        }
    }
    "the output ends otherwise".into()
}
