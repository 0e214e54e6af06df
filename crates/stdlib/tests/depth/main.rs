//! Objects in objects, so deep that the machine stack does not hold the calls from one to the next: an exception, never
//! the end of the process.
//!
//! Each case makes a chain of 50,000 objects of a type that holds another, and then uses the outermost. It runs on a
//! stack as small as `Limits` says that it may be.

mod types;

use std::cell::RefCell;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use berus_compiler::Mode;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::Host;
use berus_runtime::import::registry::Register;
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::vm::Limits;
use berus_testkit::programs::new_vm;

/// The machine stack of built-ins, and what they may take without asking.
const STACK: usize = (512 + 64) << 10;

/// What programs print.
#[derive(Clone, Default)]
struct Console(Rc<RefCell<Vec<u8>>>);

impl Host for Console {
    fn write_stdout(&self, bytes: &[u8]) {
        self.0.borrow_mut().extend_from_slice(bytes);
    }

    fn monotonic(&self) -> Option<Duration> {
        Some(Duration::ZERO)
    }
}

/// What `source` prints, run on a machine stack of [`STACK`] bytes.
fn output(source: String) -> String {
    let thread = thread::Builder::new().stack_size(STACK);
    let run = move || {
        let console = Console::default();
        let heap = Heap::growing(&GlobalRegions, 128 << 20);
        let mut vm = new_vm(heap, Box::new(console.clone()), Limits::default()).expect("the heap has room");
        vm.register(berus_stdlib::MODULES);
        vm.enter(|vm| {
            let result = vm
                .compile(source.as_bytes(), b"chains.py", Mode::File, vm.main())
                .and_then(|body| vm.run_body(body, vm.main()));
            if let Err(raised) = result {
                let exception = vm.take_exception(raised);
                let _ = vm.print_exception(&mut berus_runtime::ops::print::Stdout, exception);
            }
        });
        console.0.take()
    };
    let printed = thread.spawn(run).expect("there is a thread").join().expect("nothing panics");
    String::from_utf8(printed).expect("programs print text")
}

/// What the cases are written with. A use of a chain that does not end as it should is printed.
const PRELUDE: &str = "
import collections, deflate, framebuf, io, json, machine, re, sys, uctypes, websocket
N = 50000

def chain(wrap, x, n=N):
    for _ in range(n): x = wrap(x)
    return x

def over(wrap, x): return lambda: chain(wrap, x)
def twice(wrap, x): return lambda: (chain(wrap, x), chain(wrap, x))

def outcome(use, x):
    try: use(x)
    except RuntimeError as e: return str(e)
    except Exception as e: return type(e)

# The chain is too deep for each of these uses.
def deep(name, make, *uses):
    x = make()
    for n, use in enumerate(uses):
        result = outcome(use, x)
        if result != 'maximum recursion depth exceeded': print(name, n, result)

# It is not for these.
def flat(name, make, *uses):
    x = make()
    for n, use in enumerate(uses):
        result = outcome(use, x)
        if result == 'maximum recursion depth exceeded': print(name, n, result)

# It need not be for these, but there is an end.
def ends(name, make, *uses):
    x = make()
    for use in uses: outcome(use, x)

equal, less = (lambda p: p[0] == p[1]), (lambda p: p[0] < p[1])
def last(x):
    for _ in x: pass
";

/// Chains of containers, and what looks into them.
const CONTAINERS: &str = "
deep('list', twice(lambda x: [x], 1), equal, less, lambda p: repr(p[0]), lambda p: json.dumps(p[0]), lambda p: p[0] in p[1],
     lambda p: sorted(p), lambda p: min(p), lambda p: '%r' % p[0], lambda p: '{}'.format(p[0]), lambda p: print(p[0], file=io.StringIO()),
     lambda p: [0, p[0]].index(p[1]), lambda p: [p[0]].count(p[1]), lambda p: [p[0]].remove(p[1]), lambda p: p[0] != p[1])
deep('tuple', twice(lambda x: (x,), 1), equal, less, lambda p: repr(p[0]), lambda p: hash(p[0]), lambda p: {p[0]: 1}, lambda p: p[0] in {1: 2})
deep('types', over(lambda x: (x,), int), lambda x: isinstance('', x), lambda x: issubclass(str, x))
deep('dict', twice(lambda x: {1: x}, 1), equal, lambda p: repr(p[0]), lambda p: json.dumps(p[0]))
deep('ordered', twice(lambda x: collections.OrderedDict([(1, x)]), 1), equal, lambda p: repr(p[0]))
deep('frozenset', lambda: None, lambda _: chain(lambda x: frozenset((x,)), 1))
T = collections.namedtuple('T', ('a',))
deep('namedtuple', twice(T, 1), equal, less, lambda p: repr(p[0]), lambda p: hash(p[0]))
deep('views', over(lambda x: {1: x}.values(), 1), repr)
deep('slice', over(lambda x: slice(x, x), 1), repr)
deep('exception', over(ValueError, 1), repr, str, lambda x: sys.print_exception(x, io.StringIO()))
L = type('L', (list,), {})
deep('subclass', twice(lambda x: L([x]), 1), equal, less, lambda p: repr(p[0]))
flat('memoryview', over(memoryview, b'ab'), bytes, len, lambda x: x == b'ab')
deep('layout', over(lambda x: (0, {'a': x}), uctypes.UINT8), lambda x: uctypes.sizeof({'a': x}))
flat('json', lambda: '[' * N + ']' * N, json.loads)
deep('groups', lambda: '(' * N + ')' * N, re.compile)
flat('format', lambda: '{:' * N + '}' * N, lambda x: x.format(*([1] * 9)))
";

/// Chains of iterators.
const ITERATORS: &str = "
deep('enumerate', over(enumerate, [1]), last, next, list)
deep('zip', over(zip, [1]), last, next)
deep('zips', over(lambda x: zip(x, [1]), [1]), last, next)
deep('map', over(lambda x: map(abs, x), [1]), last, next, sum)
deep('maps', over(lambda x: map(pow, x, [1]), [1]), last, next)
deep('filter', over(lambda x: filter(None, x), [1]), last, next, any)
deep('generators', over(lambda x: (i for i in x), [1]), next)
def gen(x): yield from x
deep('delegates', over(gen, [1]), next)
deep('sent', over(gen, gen([1])), lambda x: x.send(None))
flat('not started', over(gen, [1]), lambda x: x.close(), lambda x: x.throw(ValueError))
class Reversible:
    def __init__(self, inner): self.inner = inner
    def __reversed__(self): return reversed(self.inner)
deep('reversed', over(Reversible, [1]), reversed)
";

/// Chains of streams and pins.
const STREAMS: &str = "
deep('writer', over(lambda x: io.BufferedWriter(x, 1), io.BytesIO()), lambda x: x.write(b'ab'), lambda x: x.flush(),
     lambda x: print('ab', file=x), lambda x: json.dump([1], x))
deep('deflate', over(lambda x: deflate.DeflateIO(x, deflate.RAW, 5, True), io.BytesIO(b'abc')), lambda x: x.read(1), lambda x: x.readline(),
     lambda x: json.load(x), lambda x: x.close())
deep('pictures', lambda: None, lambda _: chain(lambda x: framebuf.FrameBuffer(x, 1, 1, framebuf.GS8), bytearray(1)))
deep('frames', over(websocket.websocket, io.BytesIO(b'abc')), lambda x: x.read(1), lambda x: x.write(b'a'), lambda x: x.close())
deep('signal', over(machine.Signal, 1), lambda x: x.value(), lambda x: x.on(), lambda x: x.off(), lambda x: x(), lambda x: x(1),
     lambda x: machine.time_pulse_us(x, 1))
class Stream(io.IOBase):
    def __init__(self, inner): self.inner = inner
    def write(self, data): return self.inner.write(data)
    def readinto(self, data): return self.inner.readinto(data)
deep('stream', over(Stream, io.BytesIO(b'ab')), lambda x: print('ab', file=x), lambda x: json.load(x))
deep('both', over(lambda x: io.BufferedWriter(Stream(x), 1), io.BytesIO()), lambda x: x.write(b'ab'))
";

/// Chains of classes, and of objects that stand for a method of the next one. Making a class takes as long as it has
/// ancestors.
const CLASSES: &str = "
for name, use in {'__call__': lambda x: x(), '__len__': len, '__iter__': iter, '__repr__': repr, '__hash__': hash, '__eq__': lambda x: x == 1,
                  '__lt__': lambda x: x < 1, '__add__': lambda x: x + 1, '__radd__': lambda x: 1 + x, '__getitem__': lambda x: x[0], '__bool__': bool,
                  '__contains__': lambda x: 1 in x, '__next__': next, '__int__': int, '__neg__': lambda x: -x, '__getattr__': lambda x: x.a}.items():
    deep(name, lambda: chain(lambda x: type('C', (), {name: x, '__call__': x})(), abs, 5000), use)
deep('get', over(lambda x: type('D', (), {'__get__': x, '__call__': x})(), abs), lambda x: type('E', (), {'a': x})().a)
deep('property', over(lambda x: type('P', (), {'a': property(x), '__call__': property(x)})(), abs), lambda x: x.a, lambda x: x())
class Attributes:
    def __init__(self, inner): self.inner = inner
    def __getattr__(self, name): return getattr(self.inner, name)
deep('getattr', over(Attributes, 1), lambda x: x.nothing, lambda x: hasattr(x, 'nothing'), lambda x: getattr(x, 'nothing', 1))
flat('static', over(staticmethod, abs), lambda x: type('C', (), {'a': x}).a(1), lambda x: type('C', (), {'a': x})().a(1))
uses = lambda x: x().nothing, lambda x: isinstance(x(), int), lambda x: issubclass(x, list), lambda x: hasattr(x, 'nothing'), lambda x: x() == 1, dir
flat('classes', lambda: chain(lambda x: type('C', (x,), {}), object, 2000), *uses)
flat('bases', lambda: chain(lambda x: type('C', (x, type('B', (), {})), {}), type('A', (), {}), 300), *uses)
";

/// Modules in modules, file systems over file systems, imports by those that look for modules, and finalisers by
/// finalisers.
const FILES: &str = r"
import gc, marshal, os, vfs
code = b'\x00\x02\x01\x51\x63'
head = b'M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f'
flat('code in code', lambda: head + (b'\x2c' + code + b'\x01') * N + b'\x28' + code, marshal.loads)
flat('tuples of a module', lambda: b'M\x06\x00\x1f\x02\x01\x08x.py\x00\x0f' + b'\x0a\x01' * N + b'\x01\x28' + code, marshal.loads)

class Files:
    def __init__(self, inner): self.inner = inner
    def mount(self, readonly, mkfs): pass
    def umount(self): pass
    def chdir(self, path): os.chdir(self.inner)
    def stat(self, path): return os.stat(self.inner)
    def ilistdir(self, path): return os.ilistdir(self.inner)
    def open(self, path, mode): return open(self.inner)
for i in range(1500): vfs.mount(Files('/%d/x' % (i + 1)), '/%d' % i)
deep('mounts', lambda: '/0/x', os.stat, os.listdir, os.chdir, open)

calls = 0
class Hook(Files):
    def stat(self, path):
        global calls
        calls += 1
        if calls < 5000: __import__('module%d' % calls)
        raise OSError
vfs.mount(Hook(''), '/hook')
sys.path[:] = ['/hook']
flat('hooks', lambda: 'module', __import__)
if calls < 100: print('hooks', calls)

calls = 0
class Dying:
    def __del__(self):
        global calls
        calls += 1
        if calls < 5000:
            Dying()
            gc.collect()
Dying()
flat('finalisers', lambda: None, lambda _: [[gc.collect() for _ in range(9)], (lambda: 0)()])
";

/// Chains of all other types that hold objects.
const OTHERS: &str = r"
import _asyncio, gc, select, vfs, weakref
from string.templatelib import Interpolation, Template

class Inner:
    def __init__(self, inner): self.inner = inner
    def call(self): return self.inner()
class Items(Inner):
    def __len__(self): return 1
    def __getitem__(self, n): return next(iter(self.inner))
class Backwards(Items):
    def __getitem__(self, n): return next(reversed(self.inner))
deep('sequences', over(Items, [1]), lambda x: next(iter(x)), last, list)
deep('reversed sequences', over(Backwards, [1]), lambda x: next(reversed(x)))
deep('closures', over(lambda x: lambda: x(), abs), lambda x: x())
deep('bound', over(lambda x: Inner(x).call, abs), lambda x: x())
flat('bound methods', twice(lambda x: Inner(x).call, abs), equal, lambda p: repr(p[0]), lambda p: hash(p[0]))
flat('defaults', over(lambda x: lambda y=x: y, 1), lambda x: x(), repr, hash)
flat('class methods', over(classmethod, abs), lambda x: type('C', (), {'a': x}).a(1), lambda x: type('C', (), {'a': x})().a(1))
flat('deque', twice(lambda x: collections.deque([x], 1), 1), equal, lambda p: repr(p[0]), lambda p: list(p[0]), lambda p: p[0].popleft())
ends('super', over(lambda x: super(Inner, Inner(x)), 1), repr, lambda x: x.nothing, lambda x: x == 1)
deep('interpolation', over(lambda x: Interpolation(x, ''), 1), repr)
ends('interpolations', twice(lambda x: Interpolation(x, ''), 1), equal, lambda p: hash(p[0]), lambda p: p[0].value)
deep('template', over(lambda x: Template(Interpolation(x, '')), 1), repr)
ends('templates', twice(lambda x: Template(Interpolation(x, '')), 1), equal, lambda p: p[0] + p[1], lambda p: p[0].values)

def queue(x):
    queue = _asyncio.TaskQueue()
    try: queue.push(x)
    except Exception: pass
    return queue
ends('tasks', over(queue, 1), len, bool, repr, lambda x: x.peek(), lambda x: x.pop())

class Polled(io.IOBase):
    def __init__(self, inner):
        self.poll = select.poll()
        self.poll.register(inner, 1)
    def ioctl(self, request, argument):
        if request != 3: return -22
        self.poll.poll(0)
        return argument
deep('polls', over(Polled, io.BytesIO()), lambda x: x.ioctl(3, 1), lambda x: x.poll.poll(0))
ends('weak', over(lambda x: weakref.ref(Inner(1), x), id), lambda x: x(), lambda x: gc.collect())
ends('finalizers', over(lambda x: weakref.finalize(Inner(1), x), dict), lambda x: x(), lambda x: gc.collect())

# Each file system lies on a device that asks the file system below.
is_asked = False
class Device:
    data = bytearray(64 * 512)
    def __init__(self, inner): self.inner = inner
    def readblocks(self, n, buffer, offset=0):
        if is_asked and self.inner: self.inner.stat('/a')
        buffer[:] = self.data[n * 512 + offset : n * 512 + offset + len(buffer)]
    def writeblocks(self, n, buffer, offset=0): self.data[n * 512 + offset : n * 512 + offset + len(buffer)] = buffer
    def ioctl(self, request, argument): return {4: 64, 5: 512, 6: 0}.get(request)
for kind in vfs.VfsFat, vfs.VfsLfs1, vfs.VfsLfs2:
    kind.mkfs(Device(None))
    lowest = kind(Device(None))
    with lowest.open('/a', 'w') as f: f.write('a' * 600)
    x = chain(lambda x: kind(Device(x)), lowest, 600)
    is_asked = True
    deep('file systems', lambda: x, lambda x: x.stat('/a'), lambda x: x.open('/a', 'r').read(), lambda x: list(x.ilistdir('/')))
    is_asked = False
";

/// Source that is compiled while some of the machine stack is taken, and verified and loaded from bytes likewise.
const COMPILED: &str = r"
import marshal
SOURCES = [
    'x = ' + '(a, ' * 900 + '1' + ')' * 900, 'x = ' + 'not ' * 900 + '1', 'x = ' + 'lambda: ' * 400 + '1', 'x = ' + '[i for i in ' * 300 + 'a' + ']' * 300,
    ''.join(' ' * n + 'if a:\n' for n in range(900)) + ' ' * 900 + 'b', ''.join(' ' * n + 'def f():\n' for n in range(400)) + ' ' * 400 + 'b',
    ''.join(' ' * n + 'try:\n' + ' ' * n + ' a\n' + ' ' * n + 'finally:\n' for n in range(300)) + ' ' * 300 + 'b',
    '@micropython.native\ndef f():\n' + ''.join(' ' * n + ' if a:\n' for n in range(900)) + ' ' * 901 + 'b',
]
class Hashed:
    def __init__(self, inner): self.inner = inner
    def __hash__(self): return hash((self.inner,))
class Bottom:
    def __hash__(self):
        global reached
        reached += 1
        for source in SOURCES:
            try: marshal.dumps(compile(source, '', 'exec'))
            except (RuntimeError, ValueError, SyntaxError): pass
        return 1
reached = 0
for n in range(0, 600, 20): outcome(hash, chain(Hashed, Bottom(), n))
if reached < 5: print('compiled', reached)
";

/// Chains of all kinds at once, put together by a generator of numbers: each ends by itself, whatever is done with it.
const MIXED: &str = r"
import array, deflate, gc, heapq, marshal, os, select, struct, vfs, weakref
from string.templatelib import Interpolation, Template

class Inner:
    def __init__(self, inner): self.inner = inner
    def call(self, *args): return self.inner(*args)
    def __getattr__(self, name): return getattr(self.inner, name)
class All(Inner):
    def __call__(self, *args): return self.inner(*args)
    def __iter__(self): return iter(self.inner)
    def __next__(self): return next(self.inner)
    def __repr__(self): return repr(self.inner)
    def __hash__(self): return hash(self.inner)
    def __eq__(self, other): return [self.inner] == [other]
    def __lt__(self, other): return [self.inner] < [other]
    def __add__(self, other): return self.inner + other
    def __getitem__(self, key): return self.inner[key]
    def __contains__(self, key): return key in self.inner
    def __bool__(self): return bool(self.inner)
    def __enter__(self): return self.inner.__enter__()
    def __del__(self): repr(self.inner)
class Stream(io.IOBase):
    def __init__(self, inner): self.inner = inner
    def write(self, data): return self.inner.write(data)
    def readinto(self, data): return self.inner.readinto(data)
    def ioctl(self, request, argument): return self.inner.ioctl(request, argument)
    def stat(self, path): return self.inner.stat(path)
    def open(self, path, mode): return self.inner.open(path, mode)
    def readblocks(self, n, data, at=0): return self.inner.readblocks(n, data, at)
def gen(x): yield from x
def wrong(x): raise ValueError(x)
T = collections.namedtuple('T', ('a',))
L, D, X = type('L', (list,), {}), type('D', (dict,), {}), type('X', (Exception,), {})

WRAPS = [
    lambda x: [x], lambda x: (x,), lambda x: {1: x}, lambda x: {x: 1}, lambda x: frozenset((x,)), lambda x: iter([x]), iter, lambda x: map(repr, x),
    lambda x: filter(None, x), lambda x: zip(x, [1]), enumerate, lambda x: reversed([x]), lambda x: (i for i in x), gen, lambda x: lambda: x(),
    Inner, lambda x: Inner(x).call, All, Stream, lambda x: L([x]), lambda x: D(a=x), X, T, ValueError, OSError, property, staticmethod, classmethod,
    lambda x: slice(x, 1), lambda x: super(Inner, x), lambda x: type('C', (), {'a': x, '__call__': x, '__repr__': x, '__get__': x})(),
    lambda x: {1: x}.values(), lambda x: {1: x}.items(), lambda x: collections.deque([x], 1), lambda x: collections.OrderedDict([(1, x)]),
    lambda x: io.BufferedWriter(x, 1), lambda x: deflate.DeflateIO(x, deflate.RAW, 5, True), machine.Signal, lambda x: weakref.ref(x),
    lambda x: weakref.ref(Inner(1), x), lambda x: uctypes.struct(0, {'a': (0, x)}), lambda x: Interpolation(x, ''), lambda x: Template(Interpolation(x, '')),
    lambda x: (0, {'a': x}), vfs.VfsFat, vfs.VfsLfs2,
]
SEEDS = [
    lambda: 1, lambda: 'ab', lambda: b'ab', lambda: [], lambda: (), lambda: {}, lambda: abs, lambda: int, lambda: [1], lambda: io.BytesIO(b'abc'),
    lambda: io.StringIO('abc'), lambda: object(), lambda: 1 << 70, lambda: range(9), lambda: wrong,
]
USES = [
    repr, str, hash, lambda x: x == x, lambda x: [x] == [(x,)], lambda x: x < x, lambda x: x in (x, 1), lambda x: 1 in x, lambda x: sorted([x, x]), sum, list, tuple, set,
    dict, bytes, bytearray, json.dumps, lambda x: json.dump(x, io.StringIO()), lambda x: print(x, file=io.StringIO()), lambda x: print('ab', file=x),
    lambda x: '%r %s' % (x, x), lambda x: f'{x!r}{x}', next, len, bool, lambda x: x(), lambda x: x.a, lambda x: isinstance(1, x), lambda x: issubclass(int, x),
    lambda x: x.write(b'ab'), lambda x: x.read(1), lambda x: x.readline(), lambda x: x.close(), lambda x: x.flush(), json.load, lambda x: x.value(),
    lambda x: x.__enter__(), lambda x: wrong(x), lambda x: sys.print_exception(x, io.StringIO()), lambda x: x.send(None), lambda x: x.throw(ValueError),
    lambda x: ' '.join(x), lambda x: x + x, lambda x: x[0], lambda x: x.copy(), lambda x: heapq.heapify([x, x]), lambda x: open(x), os.stat, marshal.dumps,
    lambda x: max(*x), lambda x: dict(**x), dir, any, max, lambda x: list(map(repr, x)), memoryview, int, lambda x: array.array('b', x), uctypes.sizeof,
    lambda x: struct.pack('s', x), lambda x: x.stat('/a'), lambda x: x.open('/a', 'r'), lambda x: super(x), re.compile,
    lambda x: select.select([x], [], [], 0), lambda x: exec(x), lambda x: type('C', (x,), {}), lambda x: x.__init__(x), lambda x: gc.collect(),
]
state = 1
def choice(items):
    global state
    state = state * 1103515245 + 12345 & 0x7fffffff
    return items[(state >> 8) % len(items)]

def mixed():
    x, wraps = choice(SEEDS)(), [choice(WRAPS) for _ in range(choice([1, 1, 2, 3]))]
    for _ in range(5000):
        try: x = choice(wraps)(x)
        except Exception: pass
    for use in USES: outcome(use, x)
for _ in range(ROUNDS): mixed()
";

/// All cases.
const ALL: &[&str] = &[CONTAINERS, ITERATORS, STREAMS, CLASSES, FILES, OTHERS];

fn check(cases: &str) {
    assert_eq!(output(format!("{PRELUDE}{cases}\nprint('end')\n")), "end\n");
}

/// Runs `rounds` of mixed chains, among which are weak references that call what cannot be called: that is reported.
fn survive(rounds: &str) {
    let printed = output(format!("{PRELUDE}{}\nprint('end')\n", MIXED.replace("ROUNDS", rounds)));
    let last: Vec<_> = printed.lines().rev().take(9).collect();
    assert!(printed.ends_with("end\n"), "last, backwards: {last:?}");
}

#[test]
fn containers_in_containers() {
    check(CONTAINERS);
}

#[test]
fn iterators_over_iterators() {
    check(ITERATORS);
}

#[test]
fn streams_over_streams() {
    check(STREAMS);
}

#[test]
fn methods_of_methods() {
    check(CLASSES);
}

#[test]
fn files_by_way_of_files() {
    check(FILES);
}

#[test]
fn others() {
    check(OTHERS);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes minutes where nothing is optimised")]
fn source_at_any_depth() {
    check(COMPILED);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes minutes where nothing is optimised")]
fn mixed() {
    survive("100");
}

#[test]
#[ignore = "takes minutes"]
fn mixed_at_length() {
    survive("5000");
}
