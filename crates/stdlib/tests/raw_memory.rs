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
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::model::word::Obj;
use berus_runtime::ops::print::Stdout;
use berus_runtime::ops::stream;
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
    printed_with(source, |_| ())
}

/// What `source` prints, and `work` after it.
fn printed_with(source: &str, work: impl FnOnce(&Vm)) -> String {
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
        work(vm);
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

#[test]
fn files_of_programs_are_told_where_to_seek() {
    let source = "
import io, machine
class File(io.IOBase):
    def __init__(self): self.at = 3
    def ioctl(self, request, argument):
        offset, whence = machine.mem32[argument], machine.mem32[argument + 4]
        print(request, offset, whence)
        if offset == 7:
            return -22
        if offset == 8:
            machine.mem32[argument + 8]
        if offset >> 31:
            offset -= 1 << 32
        self.at = (0, self.at, 10)[whence] + offset
        machine.mem32[argument] = self.at
        # No other memory is there, nor is this when the call has ended.
        self.kept = argument
        return 0
file = File()
";
    let output = printed_with(source, |vm| {
        let file = vm.main().load(vm, vm.intern(b"file").unwrap()).unwrap();
        let int = Obj::small_int_wrapping;
        for (offset, whence, position) in [(5, 0, 5), (-2, 1, 3), (-1, 2, 9), (1 << 20, 0, 1 << 20)] {
            let answer = stream::seek(vm, &[file, int(offset), int(whence)]).unwrap();
            assert_eq!(answer.as_small_int(), Some(position));
        }
        assert_eq!(stream::tell(vm, file).unwrap().as_small_int(), Some(1 << 20));
        for (offset, error) in [
            (7, "OSError: [Errno 22] EINVAL"),
            (8, "OSError: [Errno 1] EPERM"),
            (1 << 40, "OSError: [Errno 22] EINVAL"),
        ] {
            let raised = stream::seek(vm, &[file, int(offset)]).unwrap_err();
            let exception = vm.take_exception(raised);
            let mut text = Vec::new();
            vm.print_exception(&mut text, exception).unwrap();
            let text = String::from_utf8(text).unwrap();
            assert!(text.contains(error), "{text}");
        }
        let body = vm.compile(b"machine.mem32[file.kept]", b"test.py", Mode::File, vm.main()).unwrap();
        let exception = vm.take_exception(vm.run_body(body, vm.main()).unwrap_err());
        vm.print_exception(&mut Stdout, exception).unwrap();
    });
    let expected = "2 5 0\n2 4294967294 1\n2 4294967295 2\n2 1048576 0\n2 0 1\n2 7 0\n2 8 0\n";
    assert!(output.starts_with(expected), "{output}");
    assert!(output[expected.len()..].ends_with("OSError: [Errno 1] EPERM\n"), "{output}");
}
