//! Python programs and the output expected of them, each run plainly and with a collection at every allocation.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::Host;
use berus_runtime::ops::print::Stdout;
use berus_runtime::vm::{Limits, Vm};

/// A host that keeps what is written, and has nothing else.
#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Vec<u8>>>);

impl Host for Kept {
    fn write_stdout(&self, bytes: &[u8]) {
        self.0.borrow_mut().extend_from_slice(bytes);
    }
}

/// What `source` prints, its traceback included.
fn output(source: &[u8], stress: bool) -> String {
    let kept = Kept::default();
    let heap = Heap::growing(&GlobalRegions, 64 << 20);
    let limits = Limits { machine_stack: 1 << 20, ..Limits::default() };
    let mut vm = Vm::new(heap, Box::new(kept.clone()), limits).expect("the heap has room");
    vm.register(berus_stdlib::MODULES);
    vm.enter(|vm| {
        let run = || {
            let body = vm.compile(source, b"test.py", berus_compiler::Mode::File, vm.main())?;
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
        assert_eq!(output(&source, stress), expected, "{}", path.display());
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
