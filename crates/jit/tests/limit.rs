//! Machine code takes no more memory than it may, and gives it back with its functions.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use berus_jit::{Jit, Translated, When};
use berus_runtime::interpret::tier::Tiers;
use berus_testkit::programs::{How, Interpreter};

/// Bytes of machine code that have been made.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// Bytes of memory that machine code may take.
static LIMIT: AtomicUsize = AtomicUsize::new(0);

fn count(region: &Translated<'_>) {
    MADE.fetch_add(region.code.len(), Relaxed);
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
