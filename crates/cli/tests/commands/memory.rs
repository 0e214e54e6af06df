//! A small heap: what fits into it, and what a collection frees. MicroPython does the same.

use std::path::Path;
use std::process::Command;

/// What `interpreter` prints for the program `source` with a heap of 64 KB, output and errors alike.
fn printed(interpreter: &Path, source: &str) -> String {
    let folder = berus_testkit::temp_dir();
    std::fs::write(folder.path().join("program.py"), source).expect("the folder can be written to");
    std::fs::write(folder.path().join("large"), ("x".repeat(99) + "\n").repeat(700))
        .expect("the folder can be written to");
    let run = Command::new(interpreter).args(["-X", "heapsize=64k", "program.py"]).current_dir(folder.path()).output();
    let run = run.expect("it starts");
    String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr)
}

/// Checks what `source` prints here, and on MicroPython.
fn check(source: &str, expected: &str) {
    assert_eq!(printed(Path::new(env!("CARGO_BIN_EXE_berus")), source), expected, "{source}");
    if let Some(micropython) = berus_testkit::peer("micropython") {
        assert_eq!(printed(&micropython, source), expected, "MicroPython: {source}");
    }
}

#[test]
fn one_block_may_take_nearly_all_of_the_heap() {
    for block in [
        "bytearray(57600)",
        "bytes(57600)",
        "b'x' * 57600",
        "'x' * 57600",
        "[None] * 7200",
        "open('large', 'rb').read(57600)",
        "open('large').read(57600)",
        "open('large', 'rb').readinto(bytearray(57600))",
    ] {
        check(&format!("{block}\nprint('fits')"), "fits\n");
    }
    // What these are made of is there as well.
    for block in [
        "array.array('B', bytes(28800))",
        "bytes(bytearray(28800))",
        "b''.join([b'x' * 576] * 100)",
        "''.join(['x' * 576] * 100)",
        "tuple(range(3600))",
    ] {
        check(&format!("import array\n{block}\nprint('fits')"), "fits\n");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "frames of unoptimised code have words that nothing writes to")]
fn what_is_dropped_makes_room_at_once() {
    for work in ["x = bytes(n)", "x = bytearray(n)", "x = bytes(n); x = None", "x = 'x' * n"] {
        let drop = "x = None";
        check(&format!("for n in 40000, 30000, 20000, 40000:\n    {work}\n    {drop}\nprint('fits')"), "fits\n");
        let function = format!("def f(n):\n    {work}\n");
        check(&format!("{function}f(40000)\nf(30000)\nf(20000)\nf(40000)\nprint('fits')"), "fits\n");
    }
    // What stores the block leaves words, too: here the table of globals grows.
    for source in [
        "l = [None]\nfor n in 5000, 4000, 2000, 5000:\n    x = l * n\n",
        "for n in 5000, 4000, 2000, 5000:\n    x = (None,) * n\n",
    ] {
        check(&format!("{source}    x = None\nprint('fits')"), "fits\n");
    }
    check("bytes(40000)\nbytes(30000)\nprint('fits')", "fits\n");
    check("import gc\ngc.collect()\nx = bytes(46008)\nprint('fits')", "fits\n");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "frames of unoptimised code have words that nothing writes to")]
fn a_second_collection_frees_nothing() {
    let source = "
import gc, io, vfs
def again():
    gc.collect()
    left = gc.mem_alloc()
    gc.collect()
    return left - gc.mem_alloc()
print('start', again())
f = open('large'); f.read(10); f.close(); f = None
print('closed', again())
with open('large', 'rb') as f:
    f.readline()
f = None
print('with', again())
f = open('large'); f = None
print('open', again())
class Device:
    def __init__(self):
        self.data = bytearray(512 * 64)
    def readblocks(self, n, buffer, offset=0):
        at = n * 512 + offset
        buffer[:] = self.data[at : at + len(buffer)]
    def writeblocks(self, n, buffer, offset=0):
        at = n * 512 + offset
        self.data[at : at + len(buffer)] = buffer
    def ioctl(self, request, argument):
        return {4: 64, 5: 512, 6: 0}.get(request)
for kind in vfs.VfsLfs2, vfs.VfsFat:
    device = Device(); kind.mkfs(device); fs = kind(device); vfs.mount(fs, '/x')
    f = open('/x/a', 'w'); f.write('hello'); f.close(); f = None
    print('closed', again())
    f = open('/x/a'); f.read(); f = None
    print('open', again())
    vfs.umount('/x'); fs = device = None
    print('file system', again())
";
    let file_system = "closed 0\nopen 0\nfile system 0\n";
    check(source, &format!("start 0\nclosed 0\nwith 0\nopen 0\n{file_system}{file_system}"));
}
