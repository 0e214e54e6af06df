//! What a host grants of its files, and where modules come from.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use berus_runtime::data::exception::Exceptions;
use berus_runtime::errno::{BAD_FILE, Errno, INVALID, NO_ENTRY, READ_ONLY};
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::{Entry, Files, Host, Open, Stat};
use berus_runtime::import::frozen::{Freeze, FrozenTable};
use berus_runtime::import::registry::Register;
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::buffer::{Access, Buffer};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::finalise::Finalise;
use berus_runtime::model::frozen::{Frozen, FrozenFile};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::mounts::{FileSystem, Kind};
use berus_runtime::model::object::Gc;
use berus_runtime::model::stream::{Outcome, Request, StreamSlots};
use berus_runtime::model::types::{Type, flag};
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Stdout;
use berus_testkit::programs::new_vm;

/// The contents of an open file, and where it is; `None` once it is closed.
type OpenFile = Option<(&'static str, usize)>;

/// A host with files that can only be read, in one folder.
#[derive(Clone, Default)]
struct Sandbox {
    printed: Rc<RefCell<Vec<u8>>>,
    files: Rc<BTreeMap<&'static str, &'static str>>,
    /// Those that have been opened, from number 3 on.
    open: Rc<RefCell<Vec<OpenFile>>>,
    /// What reading answers, instead of the truth.
    lie: Rc<Cell<Option<usize>>>,
}

impl Host for Sandbox {
    fn write_stdout(&self, bytes: &[u8]) {
        self.printed.borrow_mut().extend_from_slice(bytes);
    }

    fn files(&self) -> Option<&dyn Files> {
        Some(self)
    }
}

impl Sandbox {
    fn is_folder(path: &[u8]) -> bool {
        matches!(path, b"." | b"/")
    }

    fn contents(&self, path: &[u8]) -> Result<&'static str, Errno> {
        let name = path.strip_prefix(b"/").unwrap_or(path);
        let found = self.files.iter().find(|(file, _)| file.as_bytes() == name);
        found.map(|(_, text)| *text).ok_or(NO_ENTRY)
    }

    fn count_open(&self) -> usize {
        self.open.borrow().iter().flatten().count()
    }
}

impl Files for Sandbox {
    fn open(&self, path: &[u8], how: &Open) -> Result<i32, Errno> {
        if how.write {
            return Err(READ_ONLY);
        }
        let text = self.contents(path)?;
        let mut open = self.open.borrow_mut();
        open.push(Some((text, 0)));
        Ok(open.len() as i32 + 2)
    }

    fn close(&self, file: i32) -> Result<(), Errno> {
        let mut open = self.open.borrow_mut();
        open.get_mut(file as usize - 3).and_then(Option::take).map(drop).ok_or(BAD_FILE)
    }

    fn read(&self, file: i32, buffer: &mut [u8]) -> Result<usize, Errno> {
        if let Some(lie) = self.lie.get() {
            return Ok(lie);
        }
        let mut open = self.open.borrow_mut();
        let (text, at) = open.get_mut(file as usize - 3).and_then(Option::as_mut).ok_or(BAD_FILE)?;
        let rest = &text.as_bytes()[*at..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        *at += count;
        Ok(count)
    }

    fn seek(&self, _: i32, _: i64, _: u8) -> Result<u64, Errno> {
        Err(Errno(29))
    }

    fn stat(&self, path: &[u8]) -> Result<Stat, Errno> {
        if Sandbox::is_folder(path) {
            return Ok(Stat { mode: Stat::FOLDER, ..Stat::default() });
        }
        let text = self.contents(path)?;
        Ok(Stat { mode: Stat::FILE, size: text.len() as u64, ..Stat::default() })
    }

    fn list(&self, path: &[u8], each: &mut dyn FnMut(&Entry<'_>) -> bool) -> Result<(), Errno> {
        if !Sandbox::is_folder(path) {
            return Err(NO_ENTRY);
        }
        for name in self.files.keys() {
            if !each(&Entry { name: name.as_bytes(), kind: Stat::FILE, inode: 0 }) {
                break;
            }
        }
        Ok(())
    }

    fn getcwd(&self) -> Result<Vec<u8>, Errno> {
        Ok(b"/".to_vec())
    }

    fn chdir(&self, path: &[u8]) -> Result<(), Errno> {
        if Sandbox::is_folder(path) { Ok(()) } else { Err(NO_ENTRY) }
    }
}

/// An interpreter on `host`, with the library and what `prepare` adds.
fn interpreter(host: &Sandbox, prepare: impl FnOnce(&mut Vm)) -> Box<Vm> {
    let heap = Heap::growing(&GlobalRegions, 16 << 20);
    let mut vm = new_vm(heap, Box::new(host.clone()), Limits::default()).expect("the heap has room");
    vm.register(berus_stdlib::MODULES);
    prepare(&mut vm);
    vm.enter(berus_stdlib::vfs::mount_posix).expect("nothing is mounted yet");
    vm
}

/// What `source` prints.
fn output(vm: &Vm, host: &Sandbox, source: &str) -> String {
    vm.enter(|vm| {
        let run = || {
            let body = vm.compile(source.as_bytes(), b"test.py", berus_compiler::Mode::File, vm.main())?;
            vm.run_body(body, vm.main())
        };
        if let Err(raised) = run() {
            let exception = vm.take_exception(raised);
            let _ = vm.print_exception(&mut Stdout, exception).map_err(|raised| vm.take_exception(raised));
        }
    });
    String::from_utf8(host.printed.take()).expect("programs print text")
}

fn sandbox() -> Sandbox {
    let files = [("data.txt", "one\ntwo\n"), ("module.py", "print('runs', __file__)\n")];
    Sandbox { files: Rc::new(files.into_iter().collect()), ..Sandbox::default() }
}

#[test]
fn a_sandbox_grants_what_it_wants() {
    let host = sandbox();
    let vm = interpreter(&host, |_| {});
    let source = "
import os, sys
print(os.listdir(), os.stat('data.txt')[6], list(open('/data.txt')), os.getcwd())
def attempt(function, *args):
    try:
        function(*args)
    except OSError as error:
        print(error.errno, end=' ')
attempt(open, 'data.txt', 'w')
attempt(open, '/etc/passwd')
attempt(open('data.txt').write, 'x')
attempt(os.mkdir, 'x')
attempt(os.rmdir, 'x')
attempt(os.remove, 'data.txt')
attempt(os.rename, 'data.txt', 'x')
attempt(os.statvfs, '.')
attempt(os.chdir, 'x')
attempt(os.system, 'true')
attempt(os.putenv, 'A', 'b')
attempt(os.urandom, 1)
print(os.getenv('HOME'))
sys.path.append('')
import module
";
    let printed = output(&vm, &host, source);
    let errors = "30 2 30 30 30 30 30 95 2 38 38 38";
    let expected = format!("['data.txt', 'module.py'] 8 ['one\\n', 'two\\n'] /\n{errors} None\nruns module.py\n");
    assert_eq!(printed, expected);
}

#[test]
fn a_host_without_files_has_none() {
    struct Bare;
    impl Host for Bare {
        fn write_stdout(&self, _: &[u8]) {}
    }
    let mut vm =
        new_vm(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Bare), Limits::default()).expect("the heap has room");
    vm.register(berus_stdlib::MODULES);
    let errno = vm.enter(|vm| {
        berus_stdlib::vfs::mount_posix(vm)?;
        let source = b"
import os
numbers = set()
for path in ('x', '/x'):
    for function in (os.stat, os.listdir, open, os.VfsPosix().stat):
        try:
            function(path)
        except OSError as error:
            numbers.add(error.errno)
[errno] = numbers
";
        let body = vm.compile(source, b"test.py", berus_compiler::Mode::File, vm.main())?;
        vm.run_body(body, vm.main())?;
        let name = vm.intern(b"errno")?;
        Ok::<_, berus_runtime::model::error::Raised>(vm.main().load(vm, name).and_then(Obj::as_small_int))
    });
    assert_eq!(errno.ok().flatten(), Some(19));
}

#[test]
fn files_close_when_nobody_has_them_any_more() {
    let host = sandbox();
    let vm = interpreter(&host, |_| {});
    output(&vm, &host, "import gc\nfor i in range(100): open('data.txt')\n");
    assert!(host.count_open() > 50, "nothing has collected yet");
    // What is left on the stack may keep one or another.
    output(&vm, &host, "def deep(n): return n and deep(n - 1)\ndeep(50)\ngc.collect()\nf = open('data.txt')\ndel f\n");
    assert!(host.count_open() < 10, "{} files are open", host.count_open());
    vm.enter(Vm::finalise_all);
    assert_eq!(host.count_open(), 0);
}

#[test]
fn a_host_that_claims_too_much_is_not_believed() {
    let host = sandbox();
    let vm = interpreter(&host, |_| {});
    host.lie.set(Some(usize::MAX));
    let printed = output(&vm, &host, "f = open('data.txt', 'rb')\nprint(f.read(5), f.readinto(bytearray(3)))\n");
    assert_eq!(printed, "b'\\x00\\x00\\x00\\x00\\x00' 3\n");
}

/// `x = 5`, compiled.
static COMPILED: &[u8] = b"M\x06\x00\x1f\x03\x00\x08f.py\x00\x0f\x02x\x00\x40\x00\x02\x01\x85\x16\x02\x51\x63";

#[test]
fn frozen_modules_are_found_below_frozen() {
    struct Sources;
    impl Frozen for Sources {
        fn file(&self, path: &[u8]) -> Option<FrozenFile> {
            match path {
                b"pkg/__init__.py" => Some(FrozenFile::Source(b"print('pkg', __path__, __file__)")),
                b"pkg/inner.py" => Some(FrozenFile::Source(b"from . import data\nprint('inner', data.x, __file__)")),
                b"data.py" => Some(FrozenFile::Source(b"x = 'first'")),
                _ => None,
            }
        }

        fn is_folder(&self, path: &[u8]) -> bool {
            path == b"pkg"
        }

        fn for_each_path(&self, each: &mut dyn FnMut(&str)) {
            ["pkg/__init__.py", "pkg/inner.py", "data.py"].into_iter().for_each(each);
        }
    }
    static TABLE: FrozenTable = FrozenTable(&[("data.mpy", COMPILED), ("pkg/data.mpy", COMPILED), ("cut.mpy", b"M")]);

    let host = sandbox();
    let vm = interpreter(&host, |vm| {
        vm.freeze(&TABLE);
        vm.freeze(&Sources);
    });
    let source = "
import sys
sys.path.append('.frozen')
import data, pkg.inner
print(data.x, pkg.data.x, pkg.data.__file__)
for name in ('cut', 'missing'):
    try:
        __import__(name)
    except Exception as error:
        print(repr(error))
";
    let expected = "pkg .frozen/pkg pkg/__init__.py
inner 5 pkg/inner.py
first 5 pkg/data.mpy
ValueError('incompatible .mpy file',)
ImportError(\"no module named 'missing'\",)
";
    assert_eq!(output(&vm, &host, source), expected);
    let listed = output(&vm, &host, "help('modules')");
    for name in ["cut", "data", "pkg/__init__", "pkg/data", "pkg/inner", "sys"] {
        assert_eq!(listed.split_whitespace().filter(|found| *found == name).count(), 1, "{name}: {listed}");
    }
}

/// A file system of one file, which lies in memory for good.
struct Rom;
struct RomFile;

berus_runtime::custom_type! {
    static ROM: Type<Rom> = "Rom".make_new(rom_new).file_system(&FileSystem { kind: rom_kind, first: None }).locals(ROM_METHODS);
}

berus_runtime::custom_type! {
    static ROM_FILE: Type<RomFile> = "RomFile".flags(flag::LENDS).buffer(rom_buffer).stream(&StreamSlots {
        read: Some(rom_read),
        write: None,
        ioctl: Some(rom_ioctl),
        is_text: false,
    });
}

berus_runtime::members! {
    static ROM_METHODS = {
        "mount" => f3(rom_mount),
        "open" => f3(rom_open),
    }
}

berus_runtime::members! {
    static ROM_MEMBERS = {
        "Rom" => value(Obj::from_static(&ROM)),
    }
}

static ROM_MODULES: &[ModuleDef] = &[ModuleDef::new("rom", ROM_MEMBERS)];

fn rom_new(vm: &Vm, _: Gc<Type>, _: Args<'_>) -> Res {
    Ok(vm.new_custom(Rom)?.obj())
}

fn rom_mount(_: &Vm, _: Obj, _: Obj, _: Obj) -> Res {
    Ok(Obj::NONE)
}

fn rom_kind(_: &Vm, _: Obj, path: &[u8]) -> Res<Option<Kind>> {
    Ok((path == b"/data.mpy").then_some(Kind::File))
}

fn rom_open(vm: &Vm, _: Obj, _: Obj, _: Obj) -> Res {
    Ok(vm.new_custom(RomFile)?.obj())
}

fn rom_buffer(vm: &Vm, object: Obj, access: Access) -> Res<Option<Buffer>> {
    vm.this::<Custom<RomFile>>(object)?;
    Ok((access != Access::Write).then(|| Buffer::of(vm, COMPILED)))
}

fn rom_read(vm: &Vm, _: Obj, _: &mut [u8]) -> Outcome {
    Err(vm.runtime_error(format_args!("read, though it lends")).into())
}

fn rom_ioctl(_: &Vm, _: Obj, request: Request) -> Outcome {
    if request == Request::Close { Ok(0) } else { Err(INVALID.into()) }
}

#[test]
fn a_file_that_lends_its_memory_is_not_read() {
    let host = sandbox();
    let vm = interpreter(&host, |vm| vm.register(ROM_MODULES));
    let source = "
import rom, sys, vfs
vfs.mount(rom.Rom(), '/rom')
sys.path.append('/rom')
import data
print(data.x, bytes(memoryview(open('/rom/data.mpy', 'rb'))[:4]))
";
    assert_eq!(output(&vm, &host, source), "5 b'M\\x06\\x00\\x1f'\n");
}

/// Calls a function when it dies.
struct Last(Obj);

berus_runtime::custom_type! {
    static LAST: Type<Last> = "Last".make_new(last_new).finalise(last_finalise);
}

berus_runtime::members! {
    static LAST_MEMBERS = {
        "Last" => value(Obj::from_static(&LAST)),
    }
}

static LAST_MODULES: &[ModuleDef] = &[ModuleDef::new("last", LAST_MEMBERS)];

fn last_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, false)?;
    Ok(vm.new_custom(Last(args.pos()[0]))?.obj())
}

fn last_finalise(vm: &Vm, object: Obj) {
    let called = vm.this::<Custom<Last>>(object).and_then(|last| vm.call(last.0, &[]));
    if let Err(raised) = called {
        vm.take_exception(raised);
    }
}

#[test]
fn what_runs_when_objects_die_runs_between_instructions() {
    let host = sandbox();
    let vm = interpreter(&host, |vm| vm.register(LAST_MODULES));
    vm.heap().set_stress(true);
    let source = "
import gc, last
seen = []
def told():
    seen.append('dead')
    seen.append(last.Last(lambda: 1 / 0) and 'again')
def make(n):
    for i in range(n):
        last.Last(told)
        seen.append(i)
make(40)
def deep(n): return n and deep(n - 1)
deep(50)
gc.collect()
dead = seen.count('dead')
print([item for item in seen if isinstance(item, int)] == list(range(40)), dead > 30, dead == seen.count('again'))
";
    assert_eq!(output(&vm, &host, source), "True True True\n");
}
