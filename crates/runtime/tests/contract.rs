//! What the raw interface promises to those who keep its contract: errors are values, and a panic of the host leaves no
//! interpreter that looks whole.

use std::panic::{AssertUnwindSafe, catch_unwind};

use berus_runtime::data::exception::Exceptions;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::{Host, Silent};
use berus_runtime::import::registry::Register;
use berus_runtime::import::source::Compile;
use berus_runtime::model::events::{Budget, Poll};
use berus_runtime::model::finalise::Finalise;
use berus_runtime::model::layout::List;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::model::word::Obj;
use berus_runtime::ops::stream;
use berus_testkit::programs::new_vm;

fn vm(host: impl Host + 'static) -> Box<Vm> {
    new_vm(Heap::growing(&GlobalRegions, 1 << 20), Box::new(host), Limits::default()).expect("the heap has room")
}

/// A host whose console panics.
struct Panics;

impl Host for Panics {
    fn write_stdout(&self, _: &[u8]) {
        panic!("no console");
    }
}

#[test]
fn a_panic_of_the_host_abandons_the_interpreter() {
    let vm = vm(Panics);
    vm.enter(|vm| vm.run_source(b"x = 1", b"fine.py")).expect("nothing is printed");
    let run = || vm.enter(|vm| vm.run_source(b"def f(): print(1)\nf()", b"panics.py"));
    assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
    assert!(vm.is_abandoned());
    // Nothing runs any more, neither finalisers nor programs.
    vm.finalise_all();
    assert!(catch_unwind(AssertUnwindSafe(|| vm.enter(|_| ()))).is_err());
}

#[test]
fn stacks_that_no_memory_holds_are_refused() {
    for value_stack in [usize::MAX, usize::MAX / 4, usize::MAX / 8, isize::MAX as usize / 8] {
        let limits = Limits { value_stack, frame_stack: value_stack, ..Limits::default() };
        assert!(new_vm(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), limits).is_none());
    }
}

#[test]
fn places_beyond_a_list_are_no_places() {
    vm(Silent).enter(|vm| {
        let list = List::new(vm, &[]).unwrap();
        assert_eq!(list.remove_at(vm, 0), None);
        list.splice(vm, 7, 9, 2).unwrap();
        assert_eq!(list.len(), 2);
        list.splice(vm, 1, usize::MAX, 0).unwrap();
        assert_eq!((list.len(), list.remove_at(vm, 1), list.remove_at(vm, 0)), (1, None, Some(Obj::NONE)));
    });
}

berus_runtime::members! {
    static TOO_LOOSE = {
        "readinto" => var(0, 9, stream::readinto),
        "readline" => var(0, 9, stream::readline),
        "read" => var(0, 9, stream::read),
        "write" => var(0, 9, stream::write),
        "seek" => var(0, 9, stream::seek),
        "exit" => var(0, 9, stream::exit),
    }
}

static MODULES: &[ModuleDef] = &[ModuleDef::new("loose", TOO_LOOSE)];

#[test]
fn methods_of_streams_count_their_arguments_whatever_a_table_says() {
    let mut vm = vm(Silent);
    vm.register(MODULES);
    vm.enter(|vm| {
        for name in ["readinto", "readline", "read", "write", "seek", "exit"] {
            let raised = vm.run_source(format!("import loose\nloose.{name}()").as_bytes(), b"loose.py").unwrap_err();
            let exception = vm.take_exception(raised);
            assert!(vm.matches(exception, &berus_runtime::obj::exception::TYPE_ERROR), "{name}");
        }
    });
}

#[test]
fn a_budget_without_a_clock_is_refused() {
    let budget = Budget { time: Some(std::time::Duration::from_millis(1)), ..Budget::default() };
    assert!(vm(Silent).set_budget(budget).is_err());
}
