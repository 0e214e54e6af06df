//! Hostile programs in a sandbox: each ends within its limits, whichever of them it meets first, and takes no more memory
//! than it may.
//!
//! `tests/sandbox/hostile.py` has the programs. A budget of instructions ends each, a deadline by a clock that goes on with
//! every look, and an interrupt. The long form measures how much of the processor's time a program takes beyond a
//! deadline of 100 ms:
//!
//!     cargo test --profile checked -p berus-stdlib --test sandbox -- --ignored --nocapture

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use berus_compiler::Mode;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::Host;
use berus_runtime::import::frozen::Freeze;
use berus_runtime::import::registry::Register;
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::events::Poll;
use berus_runtime::model::protocols::Classes;
use berus_runtime::model::vm::{Budget, Limits, Vm};
use berus_testkit::allocator::{Allocator, peak_during};
use berus_testkit::programs::new_vm;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// Bytes of the heap, and how many a program may take beside it, and beside the stacks of the interpreter.
const HEAP: usize = 1 << 20;
const MORE: usize = 2 << 20;

/// What ends a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    Instructions,
    Deadline,
    Interrupt,
}

/// What the host counts.
#[derive(Default)]
struct State {
    looks: Cell<u32>,
    /// The look at which the program is interrupted, if it is.
    interrupt_at: Cell<Option<u32>>,
}

/// A host without files and machine code. Its clock goes on by a millisecond with every look.
#[derive(Clone, Default)]
struct Sandbox(Rc<State>);

impl Host for Sandbox {
    fn write_stdout(&self, _: &[u8]) {}

    fn monotonic(&self) -> Option<Duration> {
        Some(Duration::from_millis(self.0.looks.get().into()))
    }

    fn sleep(&self, time: Duration) {
        self.0.looks.set(self.0.looks.get() + time.as_millis() as u32);
    }

    fn interrupted(&self) -> bool {
        self.0.looks.set(self.0.looks.get() + 1);
        self.0.interrupt_at.get() == Some(self.0.looks.get())
    }
}

/// The programs, and their names.
fn programs() -> impl Iterator<Item = (&'static str, &'static str)> {
    let parts = include_str!("sandbox/hostile.py").split("#### ").skip(1);
    parts.filter_map(|part| part.split_once('\n'))
}

/// An interpreter with the library.
fn interpreter(host: impl Host + 'static) -> Box<Vm> {
    let limits = Limits { machine_stack: 1 << 20, ..Limits::default() };
    let mut vm = new_vm(Heap::growing(&GlobalRegions, HEAP), Box::new(host), limits).expect("the heap has room");
    vm.register(berus_stdlib::MODULES);
    vm.freeze(&berus_stdlib::FROZEN);
    vm
}

/// Runs `program` in `vm`. Answers the type of the exception that ended it; nothing if it came to its end.
fn ended(vm: &Vm, program: &str) -> String {
    vm.enter(|vm| {
        let body = vm.compile(program.as_bytes(), b"hostile.py", Mode::File, vm.main());
        match body.and_then(|body| vm.run_body(body, vm.main())) {
            Ok(()) => String::new(),
            Err(raised) => {
                let exception = vm.take_exception(raised);
                vm.type_name(exception).to_string()
            }
        }
    })
}

/// Whether a program that is not ended by `limit` may have ended with `exception`.
fn is_end_of_program(exception: &str) -> bool {
    ["", "MemoryError", "RecursionError", "RuntimeError", "ValueError", "OverflowError", "OSError", "SyntaxError"]
        .contains(&exception)
}

fn check(limit: Limit) {
    let mut n_limited = 0;
    let mut n_programs = 0;
    let mut wrong = Vec::new();
    for (name, program) in programs() {
        let host = Sandbox::default();
        let vm = interpreter(host.clone());
        let budget = match limit {
            Limit::Deadline => Budget { time: Some(Duration::from_millis(20)), ..Budget::default() },
            Limit::Instructions => Budget { instructions: Some(200_000), ..Budget::default() },
            // Some programs handle interrupts.
            Limit::Interrupt => Budget { instructions: Some(2_000_000), ..Budget::default() },
        };
        host.0.interrupt_at.set((limit == Limit::Interrupt).then_some(20));
        vm.set_budget(budget).expect("there is a clock");
        let (exception, peak) = peak_during(|| ended(&vm, program));
        let looks = host.0.looks.get();
        let by_limit = if limit == Limit::Interrupt { "KeyboardInterrupt" } else { "Abort" };
        let is_limited = exception == by_limit || exception == "Abort";
        if !is_limited && !is_end_of_program(&exception) || peak > MORE {
            wrong.push(format!("{name}: {exception}, {peak} bytes"));
        }
        println!("{name}, {limit:?}: {exception}, {looks} looks, {} KiB", peak >> 10);
        n_limited += usize::from(is_limited);
        n_programs += 1;
    }
    assert!(wrong.is_empty(), "{limit:?}: {wrong:#?}");
    assert!(n_programs > 40 && n_limited > n_programs / 2, "{limit:?} ended {n_limited} of {n_programs}");
}

#[test]
fn a_budget_of_instructions_ends_each() {
    check(Limit::Instructions);
}

#[test]
fn a_deadline_ends_each() {
    check(Limit::Deadline);
}

#[test]
fn an_interrupt_ends_each() {
    check(Limit::Interrupt);
}

/// A host whose clock is the time that the processor spends on this thread.
#[cfg(unix)]
struct Processor;

#[cfg(unix)]
impl Host for Processor {
    fn write_stdout(&self, _: &[u8]) {}

    fn monotonic(&self) -> Option<Duration> {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Some(Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
    }
}

#[cfg(unix)]
#[test]
#[ignore = "measures the processor's time"]
fn none_goes_on_beyond_its_deadline() {
    const DEADLINE: Duration = Duration::from_millis(100);
    const MOST: Duration = Duration::from_millis(10);
    let mut late = Vec::new();
    for (name, program) in programs() {
        let vm = interpreter(Processor);
        let begin = Processor.monotonic().unwrap_or_default();
        vm.set_budget(Budget { time: Some(DEADLINE), ..Budget::default() }).expect("there is a clock");
        let exception = ended(&vm, program);
        let beyond = (Processor.monotonic().unwrap_or_default() - begin).saturating_sub(DEADLINE);
        println!("{name}: {exception}, {} us beyond", beyond.as_micros());
        if beyond > MOST {
            late.push(format!("{name}: {} ms", beyond.as_millis()));
        }
    }
    assert!(late.is_empty(), "{late:?}");
}
