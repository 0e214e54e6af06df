//! Python programs and the output expected of them, each run plainly and with a collection at every allocation.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use berus_compiler::Mode;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::Host;
use berus_runtime::ops::print::Stdout;
use berus_runtime::vm::{Limits, Vm};

/// A host that keeps what is written.
#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Vec<u8>>>);

impl Host for Kept {
    fn write_stdout(&self, bytes: &[u8]) {
        self.0.borrow_mut().extend_from_slice(bytes);
    }
}

/// What `source` prints, its traceback included.
fn output(source: &[u8], heap_size: usize, stress: bool) -> String {
    let kept = Kept::default();
    let heap = Heap::growing(&GlobalRegions, heap_size);
    let limits = Limits { machine_stack: 1 << 20, ..Limits::default() };
    let vm = Vm::new(heap, Box::new(kept.clone()), limits).expect("the heap has room");
    vm.enter(|vm| {
        let run = || {
            let body = vm.compile(source, b"test.py", Mode::File, vm.main())?;
            vm.heap().set_stress(stress);
            vm.run_body(body, vm.main())
        };
        if let Err(raised) = run() {
            let exception = vm.take_exception(raised);
            let _ = vm.print_exception(&mut Stdout, exception).map_err(|raised| vm.take_exception(raised));
        }
    });
    drop(vm);
    String::from_utf8(kept.0.take()).expect("programs print text")
}

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let files = std::fs::read_dir(folder).expect("the folder is there").flatten().map(|entry| entry.path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|extension| extension == "py")).collect();
    files.sort();
    files
}

fn check(stress: bool) {
    for path in programs() {
        let source = std::fs::read(&path).expect("it can be read");
        let expected = std::fs::read_to_string(path.with_extension("out")).expect("it has an expected output");
        assert_eq!(output(&source, 64 << 20, stress), expected, "{}", path.display());
    }
}

#[test]
fn programs_print_what_is_expected() {
    check(false);
}

#[test]
fn they_do_so_when_every_allocation_collects() {
    check(true);
}

#[test]
fn running_out_of_memory_loses_nothing_else() {
    let source = b"l = [1, 2]\ntry:\n  l = l * 100000000\nexcept MemoryError:\n  print('none left')\nprint(l)\n";
    assert_eq!(output(source, 1 << 20, false), "none left\n[1, 2]\n");
}

#[test]
fn deep_recursion_is_an_error_like_others() {
    let source = b"def f(n): return f(n + 1)\ntry: f(0)\nexcept RuntimeError as e: print(e)\n";
    assert_eq!(output(source, 64 << 20, false), "maximum recursion depth exceeded\n");
}

#[test]
fn a_hundred_interpreters_know_nothing_of_each_other() {
    let interpreters: Vec<_> = (0..100)
        .map(|n| {
            let kept = Kept::default();
            let heap = Heap::growing(&GlobalRegions, 1 << 20);
            let vm = Vm::new(heap, Box::new(kept.clone()), Limits::default()).expect("the heap has room");
            let source = format!("x = {n}");
            vm.enter(|vm| {
                let body = vm.compile(source.as_bytes(), b"a.py", Mode::File, vm.main())?;
                vm.run_body(body, vm.main())
            })
            .expect("it runs");
            (vm, kept, n)
        })
        .collect();
    for (vm, kept, n) in interpreters {
        vm.enter(|vm| {
            let body = vm.compile(b"print(x)", b"b.py", Mode::File, vm.main())?;
            vm.run_body(body, vm.main())
        })
        .expect("it runs");
        assert_eq!(String::from_utf8(kept.0.take()).unwrap(), format!("{n}\n"));
    }
}
