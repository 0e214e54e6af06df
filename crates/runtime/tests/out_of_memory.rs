//! Programs without memory: whichever allocation fails, there is an exception, and the interpreter goes on working.
//!
//! `BERUS_FAIL_ALL=int cargo test --release -p berus-runtime --test out_of_memory` has every allocation fail of every
//! program whose name contains `int`; else it is some allocations of every program.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use berus_compiler::Mode;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::Host;
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::error::Res;
use berus_runtime::model::layout::Dict;
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::ops::print::Stdout;
use berus_testkit::programs::new_vm;

/// What is written to the console.
#[derive(Clone, Default)]
struct Console(Rc<RefCell<Vec<u8>>>);

impl Host for Console {
    fn write_stdout(&self, bytes: &[u8]) {
        self.0.borrow_mut().extend_from_slice(bytes);
    }
}

/// Uses a little of everything.
const CHECK: &str = "
class Base:
    def __init__(self, x):
        self.x = x
class Pair(Base):
    def __init__(self, x, y):
        super().__init__(x)
        self.y = y
def numbers(n):
    for i in range(n):
        yield i * 1.5
def closure(a):
    return lambda b: a + b
d = {str(i): [i, (i,)] for i in range(30)}
try:
    d['none']
except KeyError as error:
    caught = error.args
pair = Pair(1, 2)
print(len(d), sum(numbers(9)), caught, pair.x, pair.y, closure(1)(2), 1 << 100, '{:>5}|%s'.format('a') % b'b', sorted({3, 1, 2}))
";

const CHECKED: &str = "30 54.0 ('none',) 1 2 3 1267650600228229401496703205376     a|b'b' [1, 2, 3]\n";

/// More allocations than any program makes.
const NONE: usize = 1 << 40;

/// Runs `source` in a new interpreter, where the allocation after `after` others fails, and collects at every
/// allocation if `collect` is set. Then runs [`CHECK`] there. Answers how many allocations the program made, up to the
/// one that failed.
fn run(source: &[u8], after: usize, collect: bool) -> usize {
    let console = Console::default();
    let limits = Limits { machine_stack: 1 << 20, ..Limits::default() };
    let vm =
        new_vm(Heap::growing(&GlobalRegions, 64 << 20), Box::new(console.clone()), limits).expect("the heap has room");
    let left = vm.enter(|vm| {
        let body = vm.compile(source, b"test.py", Mode::File, vm.main()).expect("a program");
        vm.set_collecting(collect);
        vm.heap().set_stress(true);
        vm.heap().set_failing(Some(after));
        let result = vm.run_body(body, vm.main());
        let left = vm.heap().failing();
        vm.heap().set_failing(None);
        report(vm, result);
        vm.set_collecting(true);
        vm.heap().set_stress(false);
        vm.collect();
        console.0.take();
        let check = || {
            let globals = Dict::new(vm)?;
            globals.store(vm, vm.intern(b"__name__")?, vm.new_str(b"check")?)?;
            let body = vm.compile(CHECK.as_bytes(), b"check.py", Mode::File, globals)?;
            vm.run_body(body, globals)
        };
        report(vm, check());
        left
    });
    assert_eq!(String::from_utf8_lossy(&console.0.take()), CHECKED, "after {after} allocations");
    after - left.unwrap_or(0)
}

/// Prints the exception that something ended with.
fn report(vm: &Vm, result: Res<()>) {
    if let Err(raised) = result {
        let exception = vm.take_exception(raised);
        let _ = vm.print_exception(&mut Stdout, exception).map_err(|raised| vm.take_exception(raised));
    }
}

/// Has allocations of the program fail, about `points` of them.
fn fail(source: &[u8], points: usize, collect: bool) {
    let all = run(source, NONE, collect);
    let step = (all / points).max(1);
    for after in (0..all).step_by(step) {
        run(source, after, collect);
    }
}

#[test]
fn every_allocation_may_fail() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let wanted = std::env::var("BERUS_FAIL_ALL").ok();
    let all = wanted.is_some();
    let programs = berus_testkit::python_files(&folder);
    assert!(!programs.is_empty());
    for program in programs {
        if !program.to_string_lossy().contains(wanted.as_deref().unwrap_or_default()) {
            continue;
        }
        let source = std::fs::read(&program).expect("a program");
        if all {
            println!("{}", program.display());
        }
        fail(&source, if all { 300 } else { 4 }, false);
        fail(&source, if all { 40 } else { 1 }, true);
    }
}
