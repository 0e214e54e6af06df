//! What compiling takes counts to the limits of the interpreter.

use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::Silent;
use berus_runtime::import::source::Compile;
use berus_runtime::model::events::Poll;
use berus_runtime::model::protocols::Classes;
use berus_runtime::model::vm::{Budget, Limits};
use berus_testkit::allocator::{Allocator, peak_during};
use berus_testkit::programs::new_vm;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

const LIMIT: usize = 4 << 20;

/// Runs a program, and says what type of exception it raises; and how many bytes it has taken outside of the heap.
fn run(program: &[u8], budget: Budget) -> (Option<String>, usize) {
    let vm = new_vm(Heap::growing(&GlobalRegions, LIMIT), Box::new(Silent), Limits::default()).unwrap();
    vm.set_budget(budget).expect("no time is limited");
    vm.enter(|vm| {
        vm.run_source(b"pass", b"first.py").unwrap();
        let (result, peak) = peak_during(|| vm.run_source(program, b"program.py"));
        let raised = result.err().map(|raised| vm.type_name(vm.take_exception(raised)).to_string());
        (raised, peak)
    })
}

#[test]
fn a_source_that_takes_too_much_memory_is_a_memory_error() {
    for program in [
        &b"compile('x=' + '(' * 300000, '', 'exec')"[..],
        b"exec('x = [' + '1.5, ' * 100000 + ']')",
        b"eval('lambda:' * 50000 + '0')",
        b"exec('assert x\\n' * 100000)",
    ] {
        let (raised, peak) = run(program, Budget::default());
        assert_eq!(raised.as_deref(), Some("MemoryError"), "{}", String::from_utf8_lossy(program));
        assert!(peak <= LIMIT, "{peak} bytes");
    }
    let program =
        b"for _ in range(3):\n  exec('x = 1\\n' * 2000)\n  try: exec('(' * 300000)\n  except MemoryError: pass\n";
    assert_eq!(run(program, Budget::default()).0, None);
}

#[test]
fn a_budget_ends_compiling() {
    let budget = Budget { instructions: Some(20_000), ..Budget::default() };
    let (raised, _) = run(b"try: exec('x;' * 50000)\nfinally: pass", budget);
    // Were it compiled to the end, the name would be missing.
    assert!(raised.is_some_and(|raised| !matches!(&*raised, "MemoryError" | "NameError")));
}
