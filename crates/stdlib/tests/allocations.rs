//! Programs where Rust's allocator fails: there is an exception, or the program does without, and the interpreter goes on
//! working. The process never ends for want of memory.
//!
//! A sample of the allocations of each program of the language and of the library fails, one at a time. With
//! `BERUS_FAILURES=64` set, each of the first 64 does, and of those after them so many that the next comes later by a 64th
//! of those before. What compiling allocates is for `crates/compiler/tests/memory.rs`, and
//! blocks of the heap for `out_of_memory.rs` of the runtime.

use std::cell::Cell;
use std::process::ExitCode;
use std::time::Duration;

use berus_compiler::{Mode, Options, compile};
use berus_runtime::data::exception::Exceptions;
use berus_runtime::data::system::SystemLists;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::{Host, RawMemory};
use berus_runtime::import::frozen::Freeze;
use berus_runtime::import::load::Load;
use berus_runtime::import::registry::Register;
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::error::Res;
use berus_runtime::model::layout::Dict;
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Stdout;
use berus_testkit::allocator::{Allocator, failing_at};
use berus_testkit::programs::each;
use berus_testkit::programs::new_vm;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// A host that allocates nothing, and whose time is what programs have slept.
#[derive(Default)]
struct Quiet(Cell<Duration>);

impl Host for Quiet {
    fn write_stdout(&self, _: &[u8]) {}

    fn monotonic(&self) -> Option<Duration> {
        Some(self.0.get())
    }

    fn sleep(&self, time: Duration) {
        self.0.set(self.0.get().saturating_add(time));
    }

    fn raw_memory(&self) -> Option<RawMemory> {
        // SAFETY: the programs read and write what is their own.
        Some(unsafe { RawMemory::grant() })
    }
}

/// A new interpreter, with the modules of the library.
fn interpreter() -> Box<Vm> {
    let limits = Limits { machine_stack: 1 << 20, ..Limits::default() };
    let heap = Heap::growing(&GlobalRegions, 64 << 20);
    let mut vm = new_vm(heap, Box::new(Quiet::default()), limits).expect("the heap has room");
    vm.register(berus_stdlib::MODULES);
    vm.freeze(&berus_stdlib::FROZEN);
    vm.enter(|vm| {
        vm.add_path(b".frozen").expect("there is memory");
    });
    vm
}

/// Loads the module `file` and runs it; prints what it raises.
fn run(vm: &Vm, file: &[u8]) {
    if let Err(raised) = vm.load(file, vm.main()).and_then(|body| vm.run_body(body, vm.main())) {
        let exception = vm.take_exception(raised);
        let _ = vm.print_exception(&mut Stdout, exception).map_err(|raised| vm.take_exception(raised));
    }
}

/// Whether an interpreter works, with variables that no program has changed.
fn works(vm: &Vm) -> bool {
    let sum = || -> Res<isize> {
        let source = b"sum(n for n in {str(n): n for n in range(10)}.values())";
        let globals = Dict::new(vm)?;
        globals.store(vm, vm.intern(b"__name__")?, vm.new_str(b"sum")?)?;
        let sum = vm.compile(source, b"sum.py", Mode::Eval, globals)?;
        vm.int(vm.call(sum, &[])?)
    };
    sum() == Ok(45)
}

/// Runs the module `file` in a new interpreter, where the allocation after `n` others fails. Answers whether there were so
/// many.
fn fail(file: &[u8], n: u64) -> bool {
    let vm = interpreter();
    vm.enter(|vm| {
        let ((), has_failed) = failing_at(n, || run(vm, file));
        assert!(works(vm), "after {n} allocations");
        has_failed
    })
}

/// The next allocation that fails comes later by this part of those before, if `BERUS_FAILURES` does not say another.
const STEP: u64 = 2;

fn check(source: &[u8]) {
    let options = Options { source_name: b"test.py", ..Options::default() };
    // Some programs have an error that the compiler finds.
    let Ok(module) = compile(source, &options) else { return };
    let file = module.to_bytes();
    let asked =
        std::env::var("BERUS_FAILURES").ok().map(|step| step.parse::<u64>().expect("BERUS_FAILURES is a number"));
    let step = asked.unwrap_or(STEP).max(1);
    let (mut n, mut made) = (0, 0);
    while fail(&file, n) {
        made += 1;
        n += 1 + n / step;
    }
    assert!(made > 0, "loading allocates");
    if asked.is_some() {
        println!("{made} failures");
    }
}

fn main() -> ExitCode {
    let folder = |name| berus_testkit::workspace().join("crates").join(name).join("tests/programs");
    each(&[folder("runtime"), folder("stdlib")], check)
}
