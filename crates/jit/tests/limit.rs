//! Machine code takes no more memory than it may, and gives memory and links back with its functions.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use berus_jit::{Event, Jit, When};
use berus_runtime::interpret::tier::Tiers;
use berus_testkit::programs::{How, Interpreter};

/// Bytes of machine code that have been made.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// Bytes of memory that machine code may take.
static LIMIT: AtomicUsize = AtomicUsize::new(0);

fn count(event: &Event<'_>) {
    if let Event::Translated(region) = event {
        MADE.fetch_add(region.code.len(), Relaxed);
    }
}

/// Many functions, of which `keep` has all that were made, or none.
fn program(keep: bool) -> String {
    let keep = if keep { "kept.append(f)" } else { "gc.collect()" };
    format!(
        "
import gc
kept = []
for n in range(300):
    space = {{}}
    exec('def f(a):\\n    for i in range(9):\\n        a = a + i * i\\n    return a', space)
    f = space['f']
    assert f(n) == n + 204
    {keep}
"
    )
}

fn made(keep: bool, limit: usize) -> usize {
    LIMIT.store(limit, Relaxed);
    let interpreter = Interpreter::granted(8 << 20, &[], |vm| {
        let translator = Jit::new(When::First, Some(count)).with_limit(LIMIT.load(Relaxed));
        vm.set_translator(Box::new(translator), When::First);
    });
    let before = MADE.load(Relaxed);
    assert_eq!(interpreter.run(program(keep).as_bytes(), How::Source), "");
    MADE.load(Relaxed) - before
}

#[test]
fn memory_for_machine_code_is_limited() {
    let all = made(true, usize::MAX);
    let some = made(true, 64 << 10);
    assert!(some > 0 && some < all / 2, "{some} of {all} bytes");
    // What is freed can be used again.
    let again = made(false, 64 << 10);
    assert!(again > some * 2, "{again} bytes, not {some}");
}

#[test]
fn links_of_functions_that_are_gone_are_had_again() {
    let program = "
import gc
def make(n):
    space = {}
    body = ''.join('        a = a + i * %d\\n        b = (b ^ a) - i\\n' % i for i in range(60))
    exec('def f(a):\\n    b = 0\\n    for i in range(3):\\n' + body + '    return a', space)
    return space['f'](n)
for n in range(400):
    make(n)
    if n % 8 == 0:
        gc.collect()
";
    let interpreter = Interpreter::granted(8 << 20, &[], |vm| {
        vm.set_translator(Box::new(Jit::new(When::First, Some(count_late))), When::First);
    });
    assert_eq!(interpreter.run(program.as_bytes(), How::Source), "");
    // Each function has more than a hundred exits, all together more than there are links.
    assert!(LATE.load(Relaxed) >= 400, "{} functions", LATE.load(Relaxed));
}

/// Regions of the functions that the test of links makes.
static LATE: AtomicUsize = AtomicUsize::new(0);

fn count_late(event: &Event<'_>) {
    if let Event::Translated(region) = event
        && region.function == b"f"
        && !region.goes_on
    {
        LATE.fetch_add(1, Relaxed);
    }
}
