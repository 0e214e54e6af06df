//! Files that programs are given.

use std::path::Path;

use berus::{Builder, Bytes, Folder, Interpreter, Limit, MemoryFiles, Output, Program, Result};

/// A folder with files, and one beside, which links lead to.
fn folders() -> (tempfile::TempDir, tempfile::TempDir) {
    let make = || tempfile::tempdir().expect("there is a place for temporary files");
    let (inside, outside) = (make(), make());
    write(&outside.path().join("secret"), "no");
    std::fs::create_dir(inside.path().join("inner")).unwrap();
    write(&inside.path().join("inner/file"), "yes");
    (inside, outside)
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("it can be written");
}

fn with_folder(folder: &Path) -> Interpreter {
    Interpreter::builder()
        .files(Folder::open(folder).expect("there is a folder").writable(1 << 20))
        .build()
        .expect("there is memory")
}

/// What programs do alike with all files, which are empty at first.
const PROGRAM: &str = "
import os

def fails(f, *args):
    try:
        f(*args)
    except OSError as e:
        return e.errno
    return 0

os.mkdir('a')
os.mkdir('/a/b')
with open('a/b/text', 'w') as f:
    print(f.write('one\\ntwo\\n'))
with open('/a/b/text', 'a') as f:
    f.write('three')
with open('a/../a/./b//text') as f:
    print(f.readline(), f.read(), f.read(), sep='|')
with open('a/b/text', 'r+b') as f:
    f.seek(4)
    f.write(b'TWO')
    print(f.seek(0, 2), f.seek(-5, 1), f.read())
    print(f.seek(20), f.write(b'x'))
print(open('a/b/text', 'rb').read())
print(os.stat('a/b/text')[0] & 0xf000 == 0x8000, os.stat('a/b/text')[6], os.stat('a')[0] & 0xf000 == 0x4000)
os.chdir('a')
print(os.getcwd(), os.listdir(), os.listdir('b'), sorted(os.listdir('/')))
os.rename('b/text', 'moved')
os.rename('/a/b', '/c')
print(os.getcwd(), sorted(os.listdir('/')), os.listdir('/c'), os.listdir())
print(os.statvfs('/')[3] > 0)
# ENOENT 2, EEXIST 17, ENOTDIR 20, EISDIR 21, EINVAL 22, ENOTEMPTY 39
print(fails(open, 'none'), fails(open, 'none/x', 'w'), fails(open, 'moved/x'), fails(open, '/c', 'w'), fails(open, '/c'))
print(fails(os.mkdir, '/c'), fails(os.mkdir, 'x/y'), fails(os.rmdir, '/a'), fails(os.rmdir, 'moved'), fails(os.rmdir, 'x'))
print(fails(os.remove, 'x'), fails(os.chdir, 'x'), fails(os.chdir, 'moved'), fails(os.listdir, 'x'), fails(os.listdir, 'moved'))
print(fails(os.rename, 'x', 'y'), fails(os.rename, '/a', '/a/d'), fails(os.rename, '/c', 'moved'), fails(os.rename, 'moved', '/c'))
for name in '', '/', '.', '../..', '/a/..':
    assert fails(os.mkdir, name) and fails(os.rmdir, name) and fails(os.rename, name, 'z') and fails(os.rename, 'moved', name), name
    assert fails(os.remove, name) and fails(open, name, 'w') and fails(open, name), name
f = open('moved')
os.remove('moved')
print(f.read(3), os.listdir())
f.close()
os.chdir('..')
os.rename('a', 'c')
os.rmdir('c')
print(os.getcwd(), os.listdir())
# More files than may be open at once, which nothing leads to any more.
for n in range(1000):
    open('many', 'a').write('.')
import gc
gc.collect()
print(os.stat('many')[6])
os.remove('many')
all = [open('many', 'w') for n in range(64)]
print(fails(open, 'many'))
";

const PRINTED: &str = "\
8
one\n|two\nthree|
13 8 b'three'
20 1
b'one\\nTWO\\nthree\\x00\\x00\\x00\\x00\\x00\\x00\\x00x'
True 21 True
/a ['b'] ['text'] ['a']
/a ['a', 'c'] [] ['moved']
True
2 2 20 21 21
17 2 39 20 2
2 2 2 2 20
2 22 20 21
one []
/ []
1000
24
";

fn does_what_programs_expect(builder: Builder) -> Result {
    let output = Output::new();
    let py = builder.output(output.clone()).build()?;
    py.run(PROGRAM)?;
    assert_eq!(output.text(), PRINTED);
    Ok(())
}

#[test]
fn folders_do_what_programs_expect() -> Result {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let files = Folder::open(folder.path()).expect("there is a folder").writable(1 << 20);
    does_what_programs_expect(Interpreter::builder().files(files))
}

#[test]
fn files_in_memory_do_what_programs_expect() -> Result {
    does_what_programs_expect(Interpreter::builder().files(MemoryFiles::new().writable(1 << 16)))
}

#[cfg(unix)]
#[test]
fn nothing_leads_out_of_a_folder() -> Result {
    use std::os::unix::fs::symlink;

    let (inside, outside) = folders();
    for (link, target) in [
        ("out", outside.path()),
        ("in", Path::new("inner")),
        ("up", Path::new("..")),
        ("inner/up", Path::new("..")),
        ("inner/far", Path::new("../..")),
    ] {
        symlink(target, inside.path().join(link)).unwrap();
    }
    symlink(outside.path().join("secret"), inside.path().join("leak")).unwrap();
    symlink(outside.path().join("new"), inside.path().join("nowhere")).unwrap();
    let py = with_folder(inside.path());
    py.set("outside", outside.path().to_str().unwrap())?;
    py.run(
        "
import os
for path in 'inner/file', '/inner/file', 'in/file', 'inner/up/inner/file', '../../inner/file', '/../in/../inner/file':
    assert open(path).read() == 'yes', path
paths = ['out/secret', 'leak', 'nowhere', 'up/x', 'out/new', 'inner/far/x', outside + '/secret', outside + '/new', '/etc/passwd', '../../../../../etc/passwd']
def refused(f, *args):
    try:
        f(*args)
    except OSError:
        return True
for path in paths:
    for mode in 'r', 'w', 'a', 'r+b':
        assert refused(open, path, mode), (path, mode)
    assert refused(os.stat, path) and refused(os.mkdir, path + '/d') and refused(os.listdir, path), path
    assert refused(os.rename, 'inner/file', path + '/file'), path
    assert refused(os.rename, path + '/secret', 'mine'), path
for path in 'out', 'up', 'inner/far', outside, '/etc':
    assert refused(os.chdir, path), path
    assert refused(os.listdir, path) and refused(os.stat, path), path
for _ in range(3):
    os.chdir('..')
assert os.getcwd() == '/' and 'inner' in os.listdir()
# A folder moves, and what a link in the folder means with it.
os.mkdir('a')
os.rename('inner', 'a/inner')
assert open('a/inner/up/inner/file').read() == 'yes'
os.rename('a/inner', 'inner')
assert refused(open, 'inner/far/secret')
# File systems that programs mount themselves lead no further.
os.mount(os.VfsPosix('/..'), '/again')
os.mount(os.VfsPosix(outside), '/other')
assert open('/again/inner/file').read() == 'yes'
assert refused(open, '/again/leak') and refused(open, '/other/secret') and refused(os.listdir, '/other')
# Links themselves can be removed and renamed.
os.remove('leak')
os.rename('nowhere', 'elsewhere')
assert refused(open, 'elsewhere', 'w')
",
    )?;
    let left: Vec<_> = std::fs::read_dir(outside.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["secret"]);
    assert_eq!(std::fs::read_to_string(outside.path().join("secret")).unwrap(), "no");
    Ok(())
}

#[cfg(unix)]
#[test]
fn nothing_but_files_is_opened() -> Result {
    let (inside, _outside) = folders();
    let socket = std::os::unix::net::UnixListener::bind(inside.path().join("socket")).unwrap();
    let pipe = inside.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let py = with_folder(inside.path());
    for program in ["open('pipe')", "open('pipe', 'w')", "open('pipe', 'r+')", "open('socket')", "open('inner')"] {
        assert_eq!(py.run(program).unwrap_err().type_name(), "OSError", "{program}");
    }
    drop(socket);
    Ok(())
}

#[test]
fn what_is_to_be_read_only_does_not_change() -> Result {
    let (inside, _outside) = folders();
    let folder = Folder::open(inside.path()).expect("there is a folder");
    let in_memory: MemoryFiles = [("inner/file", "yes")].into_iter().collect();
    for py in [Interpreter::builder().files(folder).build()?, Interpreter::builder().files(in_memory).build()?] {
        assert_eq!(py.eval::<String>("open('inner/file').read()")?, "yes");
        py.run("import os")?;
        for change in [
            "open('inner/file', 'w')",
            "open('inner/file', 'a')",
            "open('inner/file', 'r+')",
            "open('new', 'w')",
            "os.mkdir('new')",
            "os.remove('inner/file')",
            "os.rmdir('inner')",
            "os.rename('inner', 'new')",
        ] {
            assert_eq!(py.run(change).unwrap_err().message(), "30", "{change}");
        }
        assert_eq!(py.eval::<Vec<String>>("os.listdir()")?, ["inner"]);
    }
    Ok(())
}

/// Defines `code`, the number of the error that a call ends in.
const CODE: &str = "
import os
def code(f, *args):
    try:
        f(*args)
    except OSError as e:
        return e.errno
";

#[test]
fn no_more_is_written_to_a_folder_than_may_be() -> Result {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let files = Folder::open(folder.path()).expect("there is a folder").writable(3 * 4096 + 1000);
    let [py, other] = [files.clone(), files].map(|files| Interpreter::builder().files(files).build());
    let (py, other) = (py?, other?);
    for py in [&py, &other] {
        py.run(CODE)?;
    }
    py.run(
        "
# What fails takes nothing.
for _ in range(10):
    assert code(open, 'none/file', 'w') == 2 and code(os.mkdir, 'none/folder') == 2
f = open('a', 'wb')
assert f.write(bytes(600)) == 600
f.close()
f = open('a', 'wb')
f.write(bytes(300))
os.mkdir('b')
",
    )?;
    other.run(
        "
with open('c', 'wb') as f:
    assert code(f.write, bytes(200)) == 28
    assert code(f.write, b'x') == 28
assert os.stat('c')[6] == 100
os.remove('c')
assert code(os.mkdir, 'd') == 28 and code(open, 'd', 'w') == 28
",
    )?;
    Ok(())
}

#[test]
fn errors_show_lines_of_imported_modules() -> Result {
    let long = format!("def f(): return 1 / 0\n#{}", "x".repeat(1 << 20));
    let files = MemoryFiles::new()
        .with("shop/prices.py", "def price(name):\n    return {'tea': 3.5}[name]\n")
        .with("lib/shelf.py", "import shop.prices\ndef find(name):\n  return shop.prices.price(name)\n")
        .with("long.py", long);
    let py = Interpreter::builder().files(files).build()?;
    let error = py.run("import shelf\nshelf.find('rum')").unwrap_err();
    let lines: Vec<_> = error.frames().iter().map(|frame| frame.source.as_deref()).collect();
    assert_eq!(
        lines,
        [Some("    return {'tea': 3.5}[name]"), Some("  return shop.prices.price(name)"), Some("shelf.find('rum')")]
    );
    assert_eq!(py.run("import long\nlong.f()").unwrap_err().frames()[0].source, None);
    Ok(())
}

#[test]
fn modules_come_from_files() -> Result {
    let module = Program::compile("def twice(x): return 2 * x", "twice.py")?.to_mpy();
    let files = MemoryFiles::new()
        .with("shop/__init__.py", "from .prices import tea")
        .with("shop/prices.py", "tea = 3.5")
        .with("lib/helper.py", "import math\nroot = math.sqrt(2)")
        .with("bad.mpy", &module[..module.len() / 2])
        .with("twice.mpy", module);
    let py = Interpreter::builder().files(files).modules(["math"]).build()?;
    py.run("import shop, helper, twice\nresult = twice.twice(shop.tea) + helper.root")?;
    assert!((py.get::<f64>("result")? - 8.414).abs() < 0.001);
    assert_eq!(py.run("import json").unwrap_err().type_name(), "ImportError");
    assert!(py.run("import bad").is_err());
    let (inside, _outside) = folders();
    write(&inside.path().join("inner/module.py"), "x = 42");
    let py = with_folder(inside.path());
    py.run("import inner.module, os\nos.chdir('inner')\nimport module\nassert inner.module.x == module.x == 42")
}

#[test]
fn files_in_memory_count_to_the_limit() -> Result {
    let files = MemoryFiles::new().with("given", vec![b'g'; 10_000]).writable(100_000);
    let py = Interpreter::builder().memory(1 << 20).files(files.clone()).build()?;
    for program in [
        "f = open('big', 'wb')\nwhile True: f.write(b'x' * 1000)",
        "f = open('sparse', 'wb')\nf.seek(200_000)\nf.write(b'x')",
        "f = open('far', 'wb')\nf.seek(1 << 62)\nf.write(b'x')",
        "for n in range(10_000): open('many%d' % n, 'w').close()",
        "import os\nfor n in range(10_000): os.mkdir('folder%d' % n)",
    ] {
        assert_eq!(py.run(program).unwrap_err().message(), "28", "{program}");
        py.run("import os\nfor name in os.listdir():\n  if name != 'given': os.remove(name) if os.stat(name)[0] & 0x8000 else os.rmdir(name)\nf.close()")?;
        let used: usize = py.eval("os.statvfs('/')[2] - os.statvfs('/')[3]")?;
        assert_eq!(used, 10_000 + 160 + "given".len(), "{program}");
    }
    // Objects have what files leave.
    let fill = "try:\n  all = []\n  while True: all.append(bytearray(1000))\nexcept MemoryError: filled = len(all)\nall = None";
    py.run(fill)?;
    let without = Interpreter::builder().memory(1 << 20).build()?;
    without.run(fill)?;
    let [with, without] = [&py, &without].map(|py| py.get::<i64>("filled").expect("a number"));
    assert!((80..130).contains(&(without - with)), "{with} {without}");
    let error = Interpreter::builder().memory(50_000).files(files).build().err().expect("no interpreter");
    assert_eq!(error.limit(), Some(Limit::Memory));
    Ok(())
}

#[test]
fn the_host_sees_and_changes_files_in_memory() -> Result {
    let files = MemoryFiles::new().writable(1 << 16);
    let [one, other] = [files.clone(), files.clone()].map(|files| Interpreter::builder().files(files).build());
    let (one, other) = (one?, other?);
    one.run("import os\nos.mkdir('out')\nos.chdir('out')\nwith open('list', 'wb') as f: f.write(bytes([1, 2, 255]))")?;
    assert_eq!(files.read("/out/list").unwrap(), [1, 2, 255]);
    assert_eq!(other.eval::<Bytes>("open('out/list', 'rb').read()")?.0, [1, 2, 255]);
    assert_eq!(files.read("out"), None);
    files.write("out/answer/text", "42");
    assert_eq!(one.eval::<String>("open('answer/text').read()")?, "42");
    assert_eq!(files.paths(), ["out/answer/text", "out/list"]);
    files.write("out", "a file");
    assert_eq!(files.paths(), ["out"]);
    files.write("out/again", "and a folder");
    assert_eq!(files.paths(), ["out/again"]);
    Ok(())
}

/// There may be less memory than files in memory may take: that is `ENOSPC`, and counts nothing, again and again.
#[test]
fn files_that_no_memory_holds_are_refused() -> Result {
    let files = MemoryFiles::new().with("a", "a").writable(1 << 20);
    let py = Interpreter::builder().files(files.clone()).build()?;
    // The room grows behind the interpreter's back.
    let files = files.writable(usize::MAX);
    py.run("f = open('a', 'r+b')\nf.seek(1 << 60)")?;
    for _ in 0..3 {
        assert_eq!(py.run("f.write(b'b')").unwrap_err().to_string(), "OSError: 28");
    }
    py.run("f.seek(1)\nf.write(b'c')")?;
    assert_eq!(files.read("a").unwrap(), b"ac");
    Ok(())
}

#[test]
fn the_outermost_folder_is_no_file() -> Result {
    let files = MemoryFiles::new().with("", "x").with("/", "x").with("a/..", "x").with("../b", "y");
    assert_eq!((files.paths(), files.read("")), (vec!["b".to_string()], None));
    let py = Interpreter::builder().files(files).build()?;
    py.run("import os")?;
    assert_eq!(py.eval::<Vec<String>>("os.listdir('/')")?, ["b"]);
    Ok(())
}
