//! Memory by its address is there for programs only if the host grants it.

use std::cell::RefCell;
use std::rc::Rc;

use berus_compiler::Mode;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::Host;
use berus_runtime::import::registry::Register;
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::vm::Limits;
use berus_runtime::ops::print::Stdout;
use berus_testkit::programs::new_vm;

/// A host that grants nothing but a console.
#[derive(Clone, Default)]
struct Console(Rc<RefCell<Vec<u8>>>);

impl Host for Console {
    fn write_stdout(&self, bytes: &[u8]) {
        self.0.borrow_mut().extend_from_slice(bytes);
    }
}

/// What `source` prints.
fn printed(source: &str) -> String {
    let console = Console::default();
    let heap = Heap::growing(&GlobalRegions, 1 << 20);
    let mut vm = new_vm(heap, Box::new(console.clone()), Limits::default()).expect("the heap has room");
    vm.register(berus_stdlib::MODULES);
    vm.enter(|vm| {
        let body = vm.compile(source.as_bytes(), b"test.py", Mode::File, vm.main());
        if let Err(raised) = body.and_then(|body| vm.run_body(body, vm.main())) {
            let exception = vm.take_exception(raised);
            vm.print_exception(&mut Stdout, exception).expect("the console takes all");
        }
    });
    String::from_utf8_lossy(&console.0.take()).into_owned()
}

#[test]
fn a_sandbox_has_no_memory_by_address() {
    let output = printed(
        "
import uctypes
data = bytearray(8)
address = uctypes.addressof(data)
struct = uctypes.struct(address, {'x': uctypes.UINT8, 'p': (uctypes.PTR, uctypes.UINT8), 'a': (uctypes.ARRAY, 2)})
def write():
    struct.x = 1
for attempt in (
    lambda: struct.x,
    write,
    lambda: struct.p[0],
    lambda: int(struct.p),
    lambda: struct.a,
    lambda: memoryview(struct),
    lambda: uctypes.bytes_at(address, 1),
    lambda: uctypes.bytearray_at(address, 1),
):
    try:
        print(attempt())
    except OSError as error:
        print(error.errno, end=' ')
print(data, uctypes.sizeof(struct))
",
    );
    assert_eq!(output, "1 1 1 1 1 1 1 1 bytearray(b'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00') 8\n");
}
