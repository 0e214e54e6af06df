//! Every built-in and method, found by `dir`, with large arguments: each looks at interrupts and limits so often that none waits for long.
//!
//! `tests/reaction/sweep.py` makes the calls and this test's module `probe` notes when they look. In the short form a call is interrupted at its first
//! look, and is to end there. The long form measures the processor's time between two looks, which is what an interrupt waits for, and what a call
//! goes on beyond a deadline. What has taken too long five times is noted. It takes many minutes, or less with only the
//! calls whose names begin with `BERUS_SWEEP`. The calls are made in a hundred parts, each of which is reported at its end;
//! a sweep goes on from the part that `BERUS_SWEEP_FROM` numbers:
//!
//!     cargo test --profile checked -p berus-stdlib --test reaction -- --ignored --nocapture
#![cfg(unix)]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use berus_compiler::Mode;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::{Host, RawMemory};
use berus_runtime::import::registry::Register;
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::error::Res;
use berus_runtime::model::layout::Tuple;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::printer::Style;
use berus_runtime::model::protocols::{Classes, Ints, Strs};
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::model::word::Obj;
use berus_runtime::ops::print::Print;
use berus_testkit::programs::new_vm;
use rustix::time::{ClockId, clock_gettime};

/// Bytes of the heap.
const HEAP: usize = 8 << 20;

/// The longest that a call may go on without a look.
const MOST: Duration = Duration::from_millis(10);

/// A call is interrupted when it has taken so long, in the long form.
const PATIENCE: Duration = Duration::from_millis(60);

#[derive(Default)]
struct Probe {
    /// Bytes of a large argument.
    size: Cell<usize>,
    /// Which of how many interpreters this one is.
    part: Cell<(usize, usize)>,
    /// The first piece of the part that has not been made yet, and the one that is being made.
    first: Cell<usize>,
    piece: Cell<usize>,
    /// Whether the first look interrupts.
    is_short: Cell<bool>,
    /// Whether a call is watched.
    is_on: Cell<bool>,
    begin: Cell<Duration>,
    last_look: Cell<Duration>,
    longest: Cell<Duration>,
    /// How often the call has looked since it was to end, that time included.
    looks_after: Cell<u32>,
    n_calls: Cell<u32>,
    n_interrupted: Cell<u32>,
    /// What is wrong with calls, by their names.
    found: RefCell<BTreeMap<String, Duration>>,
}

thread_local! {
    static PROBE: Probe = Probe::default();
}

/// The processor's time that this thread has taken.
fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

impl Probe {
    /// Notes that the call looks, or has ended; whether it is to be interrupted.
    fn look(&self) -> bool {
        let now = now();
        self.longest.set(self.longest.get().max(now - self.last_look.get()));
        let is_over = self.is_short.get() || now - self.begin.get() > PATIENCE;
        let looks = self.looks_after.get() + u32::from(is_over);
        self.looks_after.set(looks);
        self.last_look.set(crate::now());
        // An interrupt comes once. Who takes no notice of it looks again, and again.
        is_over && looks == 1
    }
}

impl Probe {
    /// Has another interpreter go on with the piece that there was no memory for, or, if this piece alone has filled
    /// the heap, with the next.
    fn go_on_elsewhere(&self) -> End {
        let (first, piece) = (self.first.get(), self.piece.get());
        self.first.set(if piece >= first + self.part.get().1 { piece } else { piece + 1 });
        End::Full
    }
}

/// A host that may interrupt the call that is watched.
struct Watcher;

impl Host for Watcher {
    fn write_stdout(&self, _: &[u8]) {}

    fn monotonic(&self) -> Option<Duration> {
        Some(Duration::ZERO)
    }

    fn raw_memory(&self) -> Option<RawMemory> {
        // SAFETY: the calls of the sweep are given memory of objects.
        Some(unsafe { RawMemory::grant() })
    }

    fn interrupted(&self) -> bool {
        PROBE.with(|probe| probe.is_on.get() && probe.look())
    }
}

berus_runtime::members! {
    static MEMBERS = {
        "modules" => f0(modules),
        "size" => f0(size),
        "part" => f0(part),
        "reach" => f1(reach),
        "start" => f0(start),
        "stop" => f0(stop),
        "note" => f1(note),
        "only" => f0(only),
    }
}

static MODULES: &[ModuleDef] = &[ModuleDef::new("probe", MEMBERS)];

fn size(vm: &Vm) -> Res {
    vm.new_u64(PROBE.with(|probe| probe.size.get()) as u64)
}

/// `part()`: which part of the calls is to be made, of how many.
fn part(vm: &Vm) -> Res {
    let (part, parts) = PROBE.with(|probe| probe.part.get());
    Ok(Tuple::new(vm, &[vm.new_u64(part as u64)?, vm.new_u64(parts as u64)?])?.obj())
}

/// `reach(piece)`: whether a piece of the work is to be made now.
fn reach(vm: &Vm, piece: Obj) -> Res {
    let piece = vm.int_truncated(piece)?;
    PROBE.with(|probe| {
        probe.piece.set(piece);
        Ok(Obj::bool(piece >= probe.first.get()))
    })
}

/// `modules()`: the names of all modules that are built in.
fn modules(vm: &Vm) -> Res {
    let modules = berus_runtime::modules::MODULES.iter().chain(berus_stdlib::MODULES);
    let names = modules.map(|module| vm.new_str(module.name().as_bytes())).collect::<Res<Vec<_>>>()?;
    // There is room for all: nothing is collected meanwhile.
    Ok(Tuple::new(vm, &names)?.obj())
}

/// `start()`: the call that is watched begins.
fn start(_: &Vm) -> Res {
    PROBE.with(|probe| {
        probe.n_calls.set(probe.n_calls.get() + 1);
        probe.longest.set(Duration::ZERO);
        probe.looks_after.set(0);
        probe.begin.set(now());
        probe.last_look.set(now());
        probe.is_on.set(true);
    });
    Ok(Obj::NONE)
}

/// `only()`: what the names of the calls begin with that are to be made.
fn only(vm: &Vm) -> Res {
    vm.new_str(std::env::var("BERUS_SWEEP").unwrap_or_default().as_bytes())
}

/// `stop()`: the call has ended. Answers whether it has looked in time.
fn stop(_: &Vm) -> Res {
    PROBE.with(|probe| {
        probe.is_on.set(false);
        probe.n_interrupted.set(probe.n_interrupted.get() + u32::from(probe.looks_after.get() > 0));
        if probe.is_short.get() {
            return Ok(Obj::bool(probe.looks_after.get() <= LOOKS_AT_LAST));
        }
        probe.look();
        Ok(Obj::bool(probe.longest.get() <= MOST))
    })
}

/// `note(name)`: the last call is wrong.
fn note(vm: &Vm, name: Obj) -> Res {
    let name = vm.text(name, Style::Str)?;
    PROBE.with(|probe| {
        let name = String::from_utf8_lossy(name.bytes()).into_owned();
        println!("{name}: {} ms without a look", probe.longest.get().as_millis());
        let mut found = probe.found.borrow_mut();
        let known = found.entry(name).or_default();
        *known = (*known).max(probe.longest.get());
    });
    Ok(Obj::NONE)
}

/// How often a call that was interrupted may look again: where it makes its objects whole, and on the way to the handler.
const LOOKS_AT_LAST: u32 = 8;

/// What a sweep has found.
struct Outcome {
    /// What is wrong, by the names of calls.
    wrong: BTreeMap<String, Duration>,
    n_calls: u32,
    n_interrupted: u32,
}

/// Makes all calls, with arguments of `size` bytes, in `parts` interpreters one after the other.
fn sweep(size: usize, is_short: bool, parts: usize) -> Outcome {
    let work = move || {
        PROBE.with(|probe| {
            probe.size.set(size);
            probe.is_short.set(is_short);
        });
        for part in first_part()..parts {
            PROBE.with(|probe| {
                probe.part.set((part, parts));
                probe.first.set(0);
            });
            while let End::Full = run_part() {}
            if !is_short {
                PROBE.with(|probe| println!("part {part} of {parts}: {} calls so far", probe.n_calls.get()));
            }
        }
        PROBE.with(|probe| Outcome {
            wrong: probe.found.take(),
            n_calls: probe.n_calls.get(),
            n_interrupted: probe.n_interrupted.get(),
        })
    };
    let thread = std::thread::Builder::new().stack_size(16 << 20).spawn(work);
    thread.expect("there is a thread").join().expect("the program ends well")
}

/// The part of a sweep to begin with.
fn first_part() -> usize {
    std::env::var("BERUS_SWEEP_FROM").ok().and_then(|part| part.parse().ok()).unwrap_or_default()
}

/// How an interpreter's part of the work has ended.
enum End {
    Done,
    /// The names that calls have made fill the heap. Another interpreter goes on.
    Full,
}

/// Makes the calls of one part that are not made yet.
fn run_part() -> End {
    let heap = Heap::growing(&GlobalRegions, HEAP);
    let mut vm = new_vm(heap, Box::new(Watcher), Limits::default()).expect("the heap has room");
    vm.register(berus_stdlib::MODULES);
    vm.register(MODULES);
    vm.enter(|vm| {
        let source = include_bytes!("reaction/sweep.py");
        let body = vm.compile(source, b"sweep.py", Mode::File, vm.main());
        let Err(raised) = body.and_then(|body| vm.run_body(body, vm.main())) else { return End::Done };
        let exception = vm.take_exception(raised);
        if vm.type_name(exception) == "MemoryError" {
            return PROBE.with(Probe::go_on_elsewhere);
        }
        let mut text = Vec::new();
        let _ = vm.print_exception(&mut text, exception);
        let text = String::from_utf8_lossy(&text).into_owned();
        println!("{text}");
        PROBE.with(|probe| probe.found.borrow_mut().insert(text, Duration::ZERO));
        End::Done
    })
}

#[test]
fn a_call_that_is_interrupted_ends_at_its_next_look() {
    let Outcome { wrong, n_calls, n_interrupted } = sweep(2 << 10, true, 1);
    assert!(wrong.is_empty(), "{:?}", wrong.keys());
    assert!(n_calls > 10_000 && n_interrupted > 100, "{n_calls} calls, {n_interrupted} interrupted");
}

/// Measures all calls with arguments of `size` bytes.
fn measure(size: usize) {
    let Outcome { wrong, n_calls, n_interrupted } = sweep(size, false, 100);
    println!("{size} bytes: {n_calls} calls, {n_interrupted} of them interrupted");
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
#[ignore = "takes minutes, and measures the processor's time"]
fn no_call_with_several_large_arguments_makes_an_interrupt_wait() {
    measure(HEAP / 4);
}

#[test]
#[ignore = "takes minutes, and measures the processor's time"]
fn no_call_with_an_argument_that_fills_the_heap_makes_an_interrupt_wait() {
    measure(HEAP / 4 * 3);
}
