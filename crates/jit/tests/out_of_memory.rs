//! Whichever allocation fails while machine code runs, floats that have had no object keep their values.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use berus_jit::{Jit, When};
use berus_runtime::interpret::tier::Tiers;
use berus_runtime::model::protocols::Ints;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_testkit::programs::{How, Interpreter};

/// `work` answers whether all variables are what they are to be, be there memory or not.
const PROGRAM: &[u8] = b"
def check(x, y, done):
    a = 0.5
    b = 1.5
    for i in range(done):
        a = a * 1.25 + b
        b = b + 0.5
    if (x, y) == (a, b):
        return 1
    a = a * 1.25 + b
    return 1 if (x, y) == (a, b) or (x, y) == (a, b + 0.5) else 0

def work(n):
    global state
    x = 0.5
    y = 1.5
    z = 2.5
    done = 0
    out = [None] * 8
    try:
        for i in range(n):
            x = x * 1.25 + y
            y = y + 0.5
            done = done + 1
            out[i & 7] = z * 2.0
            if i % 3 == 0:
                out.append(str(i))
    except MemoryError:
        pass
    state = (x, y, done)
    return 0

def judge():
    return check(*state)

state = (0.5, 1.5, 0)
for turn in range(3):
    work(20)
";

#[test]
fn floats_keep_their_values_without_memory() {
    let interpreter = Interpreter::granted(8 << 20, &[], |vm| {
        vm.set_translator(Box::new(Jit::new(When::First, None)), When::First);
    });
    assert_eq!(interpreter.run(PROGRAM, How::Source), "");
    let mut failures = 0;
    interpreter.vm().enter(|vm| {
        let function = |name: &[u8]| vm.main().load(vm, vm.intern(name).unwrap()).unwrap();
        let (work, judge) = (function(b"work"), function(b"judge"));
        for after in 0..200 {
            let n = vm.new_int(40).unwrap();
            vm.heap().set_stress(true);
            vm.heap().set_failing(Some(after));
            let outcome = vm.call(work, &[n]);
            failures += usize::from(vm.heap().failing().is_none());
            vm.heap().set_failing(None);
            vm.heap().set_stress(false);
            if let Err(raised) = outcome {
                vm.take_exception(raised);
            }
            let judged = vm.call(judge, &[]).map_err(|raised| vm.take_exception(raised));
            assert_eq!(judged.map(|value| vm.int(value).ok()), Ok(Some(1)), "after {after} allocations");
        }
    });
    assert!(failures > 20, "{failures} failures");
}
