//! Modules in memory that lasts run where they lie: what importing them costs, and that they last.

use std::cell::RefCell;
use std::rc::Rc;

use berus_compiler::{Mode, Options, compile};
use berus_mpy::romfs::Tree;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::Host;
use berus_runtime::import::frozen::{Freeze, FrozenImage};
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::vm::Limits;
use berus_runtime::ops::print::Stdout;
use berus_testkit::programs::new_vm;

#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Vec<u8>>>);

impl Host for Kept {
    fn write_stdout(&self, bytes: &[u8]) {
        self.0.borrow_mut().extend_from_slice(bytes);
    }
}

fn module(source: &str) -> Vec<u8> {
    let options = Options { source_name: b"frozen.py", ..Options::default() };
    compile(source.as_bytes(), &options).unwrap().to_bytes()
}

/// What `program` prints where `image` is frozen.
fn output(image: &'static [u8], program: &str, stress: bool) -> String {
    let kept = Kept::default();
    let heap = Heap::growing(&GlobalRegions, 16 << 20);
    let mut vm = new_vm(heap, Box::new(kept.clone()), Limits::default()).unwrap();
    vm.freeze(Box::leak(Box::new(FrozenImage(image))));
    vm.enter(|vm| {
        let run = || {
            let body = vm.compile(program.as_bytes(), b"test.py", Mode::File, vm.main())?;
            vm.heap().set_stress(stress);
            vm.run_body(body, vm.main())
        };
        if let Err(raised) = run() {
            let exception = vm.take_exception(raised);
            let _ = vm.print_exception(&mut Stdout, exception).map_err(|raised| vm.take_exception(raised));
        }
    });
    drop(vm);
    String::from_utf8(kept.0.take()).unwrap()
}

fn frozen(files: &[(&str, Vec<u8>)]) -> &'static [u8] {
    let mut tree = Tree::default();
    for (path, bytes) in files {
        tree.insert(path, bytes.clone()).unwrap();
    }
    tree.to_image().leak()
}

const START: &str = "import sys\nsys.path[:] = ['.frozen']\n";

#[test]
fn frozen_modules_are_imported() {
    let image = frozen(&[
        ("plain.mpy", module("def f(some_name): return 'a string that is constant', b'bytes', some_name\n")),
        ("pack/__init__.mpy", module("from .inner import *\n")),
        ("pack/inner.mpy", module("value = (1.5, 'text of a tuple')\n")),
        ("text.py", b"print('source', __file__)\n".to_vec()),
    ]);
    let program = format!(
        "{START}import plain, pack, text\nprint(plain.f(some_name=3), pack.value, pack.__path__)\n
def others():
    for n in range(200):
        globals()['name%d' % n] = n
others()
print(plain.f(4), name7)
"
    );
    let expected = "source text.py
('a string that is constant', b'bytes', 3) (1.5, 'text of a tuple') .frozen/pack
('a string that is constant', b'bytes', 4) 7
";
    for stress in [false, true] {
        assert_eq!(output(image, &program, stress), expected);
    }
}

#[test]
fn code_names_and_text_of_lent_modules_take_no_memory() {
    // Names, text and code of many kilobytes, of which the heap is to see nothing but numbers.
    let names: String = (0..20).map(|n| format!("    global a_name_{n}_{}\n", "n".repeat(150))).collect();
    let text = "x".repeat(3000);
    let function = "def g(x):\n    return x.some_attribute + x.other_attribute * 2\n".repeat(40);
    let source = format!("def f():\n{names}    return '{text}', b'{text}'\n{function}");
    let bytes = module(&source);
    let size = bytes.len();
    let image = frozen(&[("big.mpy", bytes)]);
    let program = format!(
        "{START}import gc
def overwrite(n):
    # What the import has left on the machine stack may look like references.
    return n and max([n], key=lambda _: overwrite(n - 1))
overwrite(5)
gc.collect()
before = gc.mem_alloc()
import big
overwrite(5)
gc.collect()
print(gc.mem_alloc() - before)
"
    );
    let taken: usize = output(image, &program, false).trim().parse().unwrap();
    assert!(size > 7000 && taken < 3000, "{taken} bytes for a module of {size}");
}

#[test]
fn what_is_not_used_of_a_lent_module_takes_next_to_no_memory() {
    let methods: String =
        (0..20).map(|n| format!("    def method_{n}(self):\n        return self.value_{n} * 2.{n}\n")).collect();
    let classes: String = (0..10).map(|n| format!("class Class{n}:\n{methods}")).collect();
    let image = frozen(&[("big.mpy", module(&classes))]);
    let program = format!(
        "{START}import gc
def overwrite(n):
    # What the import has left on the machine stack may look like references.
    return n and max([n], key=lambda _: overwrite(n - 1))
def taken():
    overwrite(5)
    gc.collect()
    return gc.mem_alloc()
before = taken()
import big
imported = taken()
big.Class3
big.Class3.method_4
used = taken()
print(imported - before, used - imported)
"
    );
    let output = output(image, &program, false);
    let taken: Vec<usize> = output.split_whitespace().map(|bytes| bytes.parse().unwrap()).collect();
    let [imported, used] = taken[..] else { panic!("{output}") };
    // A class is a type, an entry of the module's dict and a name; using one makes its 20 functions.
    assert!(imported < 10 * 160 + 1500, "{imported} bytes for ten classes");
    assert!(used > 20 * 32, "{used} bytes for one that is used");
}
