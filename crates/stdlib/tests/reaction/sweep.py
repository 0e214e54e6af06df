# Calls every built-in function, method and operator, found by `dir`, with large arguments. `probe` watches each call.
import probe
import _asyncio, array, collections, cryptolib, deflate, framebuf, hashlib, io, marshal, micropython, re, select, uctypes, vfs, weakref, websocket
from string.templatelib import Interpolation, Template

MODULES = [__import__(name) for name in probe.modules()]
# Bytes of a large argument, and how many items one has: few until it is known what there is to call.
SIZE = 1024
N = SIZE // 64
# What the names of the calls that are wanted begin with.
ONLY = probe.only()

# What ends or changes the interpreter, waits for input, touches memory by its address, or calls what other calls have left
# to be called (`collect`: finalisers and weak references, whose exceptions go no further).
SKIPPED = {"collect", "input", "exit", "__build_class__", "__repl_print__", "help", "open", "print", "heap_lock", "heap_unlock", "disable", "enable",
           "threshold", "opt_level", "settrace", "atexit", "kbd_intr", "schedule", "print_exception", "bytes_at", "bytearray_at", "chdir", "mount",
           "umount", "alloc_emergency_exception_buf", "setattr", "delattr", "globals", "locals", "vars", "modules", "execfile", "reset",
           "soft_reset", "bootloader", "deepsleep", "lightsleep", "idle"}

class Odd:
    def __init__(self, inner): self.inner = inner
    def __eq__(self, other): return self.inner == other
    def __hash__(self): return 1

# Calls with many arguments.
def spread(function): return lambda items: function(*items)
def named(function): return lambda items: function(**items)
def keywords(): return {"k%d" % n: n for n in range(N)}

def unpacked(items): first, *rest = items

class Device:
    # As large as the arguments, and not smaller than a file system.
    def __init__(self): self.data = bytearray(max(SIZE, 1 << 16))
    def readblocks(self, n, buffer, offset=0):
        at = n * 512 + offset
        buffer[:] = self.data[at : at + len(buffer)]
    def writeblocks(self, n, buffer, offset=0):
        at = n * 512 + offset
        self.data[at : at + len(buffer)] = buffer
    def ioctl(self, request, argument): return {4: len(self.data) // 512, 5: 512, 6: 0}.get(request)

def file_system(kind):
    device = Device()
    kind.mkfs(device)
    mounted = kind(device)
    for n in range(SIZE // 8192): mounted.mkdir("/%d" % n)
    return mounted

def large_file(kind):
    device = Device()
    kind.mkfs(device)
    file = kind(device).open("/large", "w+b")
    file.write(bytes(SIZE // 2))
    file.seek(0)
    return file

def rom():
    def number(n): return bytes([n >> 28 | 0x80, n >> 21 & 0x7f | 0x80, n >> 14 & 0x7f | 0x80, n >> 7 & 0x7f | 0x80, n & 0x7f])
    def record(kind, payload): return bytes([kind]) + number(len(payload)) + payload
    files = b"".join(record(5, b"\4" + b"%04d" % n + record(2, b"data")) for n in range(SIZE // 64))
    return b"\xd2\xcd\x31" + number(len(files)) + files

class Task:
    data = None

def queued(queue):
    for n in range(N // 4): queue.push(Task(), n)
    return queue

def filled(queue):
    for n in range(N // 4): queue.register(io.BytesIO(), 1)
    return queue

# Receivers, and the first arguments of functions.
LARGE = {
    "str": lambda: "a" * SIZE,
    "spaces": lambda: " " * SIZE,
    "parts": lambda: "a," * (SIZE // 8),
    "accents": lambda: "\xe9" * (SIZE // 2),
    "quotes": lambda: "'\"\\" * (SIZE // 4),
    "bytes": lambda: b"a" * SIZE,
    "bytearray": lambda: bytearray(SIZE),
    "memoryview": lambda: memoryview(bytes(SIZE)),
    "array": lambda: array.array("i", bytes(SIZE)),
    "list": lambda: list(range(N)),
    "floats": lambda: [1.5] * (SIZE // 16),
    "texts": lambda: ["a"] * (SIZE // 16),
    "nested": lambda: [[n] for n in range(N)],
    "tuple": lambda: tuple(range(N)),
    "set": lambda: set(range(N)),
    "frozenset": lambda: frozenset(range(N)),
    "dict": lambda: dict.fromkeys(range(N)),
    "same_hash": lambda: {n << 70: n for n in range(N // 64)},
    "odd": lambda: {Odd(n) for n in range(40)},
    "ordered": lambda: collections.OrderedDict((n, n) for n in range(N)),
    "deque": lambda: collections.deque(range(N), N),
    "range": lambda: range(1 << 60),
    "map": lambda: map(abs, range(1 << 60)),
    "StringIO": lambda: io.StringIO("a" * SIZE),
    "BytesIO": lambda: io.BytesIO(b"a" * SIZE),
    "DeflateIO": lambda: deflate.DeflateIO(io.BytesIO(bytes(SIZE)), deflate.RAW, 5, True),
    "int": lambda: 1 << 4 * SIZE,
    "negative": lambda: -1 << 4 * SIZE,
    "json": lambda: "[" + "1," * N + "1]",
    "base64": lambda: "QUJD" * (SIZE // 4),
    "hex": lambda: "ab" * (SIZE // 2),
    "digits": lambda: "9" * SIZE,
    "format": lambda: "{}" * N,
    "percent": lambda: "%s" * N,
    "source": lambda: "x=[" + "1," * N + "]",
    "parentheses": lambda: "(" * SIZE,
    "code": lambda: marshal.dumps(compile("x=[" + "a," * (N // 16) + "]", "", "exec")),
    "function": lambda: eval("lambda: 0"),
    "compiled": lambda: compile("x=a\n" * N, "", "exec"),
    "generator": lambda: (n for n in range(1 << 60)),
    "pattern": lambda: re.compile("(a*)*b"),
    "picture": lambda: framebuf.FrameBuffer(bytearray(SIZE), 64, SIZE // 8, framebuf.MONO_HLSB),
    "cipher": lambda: cryptolib.aes(bytes(16), 1),
    "frames": lambda: websocket.websocket(io.BytesIO(b"\x82\x7d" * (SIZE // 2))),
    "hash": hashlib.sha256,
    "sha1": hashlib.sha1,
    "md5": hashlib.md5,
    "weak": lambda: weakref.ref(Odd(1)),
    "poll": lambda: filled(select.poll()),
    "template": lambda: Template(*[Interpolation(n, "n") for n in range(N // 4)]),
    "interpolation": lambda: Interpolation("a" * SIZE, "a" * SIZE),
    "ring": lambda: micropython.RingIO(min(SIZE, 0xffff)),
    "writer": lambda: io.BufferedWriter(io.BytesIO(), SIZE),
    "fat": lambda: file_system(vfs.VfsFat),
    "lfs1": lambda: file_system(vfs.VfsLfs1),
    "lfs2": lambda: file_system(vfs.VfsLfs2),
    "fat_file": lambda: large_file(vfs.VfsFat),
    "lfs1_file": lambda: large_file(vfs.VfsLfs1),
    "lfs2_file": lambda: large_file(vfs.VfsLfs2),
    "struct": lambda: uctypes.struct(uctypes.addressof(bytes(SIZE)), {"a": (uctypes.ARRAY | 0, uctypes.UINT8 | SIZE)}),
    "match": lambda: re.match("(a*)", "a" * SIZE),
    "bound": lambda: [].append,
    "slice": lambda: slice(None, None, -1),
    "rom": lambda: vfs.VfsRom(rom()),
    "queue": lambda: queued(_asyncio.TaskQueue()),
    "finalize": lambda: weakref.finalize(Odd(1), len),
    "count": lambda: SIZE,
}
# Types whose objects are small, whatever programs do.
SMALL_TYPES = {"ADC", "bool", "Flash", "float", "I2C", "PIO", "PWM", "Pin", "RTC", "SPI", "SSLContext", "Signal", "SoftI2C", "SoftSPI", "StateMachine",
               "Timer", "UART", "VfsPosix", "WDT", "property", "socket"}
# Other arguments.
SMALL = {"b": lambda: "b", "bb": lambda: b"b", "half": lambda: 2.5, "comma": lambda: ",", "list1": lambda: [1], "abs": lambda: abs,
         "little": lambda: "little", "one": lambda: 1, "minus": lambda: -1, "none": lambda: None}
MANY = {key: LARGE[key] for key in ("list", "texts")}
COMMON = {key: LARGE[key] for key in ("str", "bytes", "list", "dict", "map", "int", "count")}
OPERATORS = {
    "==": lambda a, b: a == b, "<": lambda a, b: a < b, "in": lambda a, b: b in a, "+": lambda a, b: a + b, "*": lambda a, b: a * b,
    "%": lambda a, b: a % b, "&": lambda a, b: a & b, "|": lambda a, b: a | b, "-": lambda a, b: a - b, "^": lambda a, b: a ^ b,
    "/": lambda a, b: a / b, "//": lambda a, b: a // b, "**": lambda a, b: a ** b, "<<": lambda a, b: a << b, ">>": lambda a, b: a >> b,
    "[]": lambda a, b: a[b], "[:]": lambda a, b: a[b:], "[::]": lambda a, b: a[::2], "unpack": lambda a, b: unpacked(a),
    "f(*)": lambda a, b: max(*a), "[]=": lambda a, b: a.__setitem__(b, b), "[:]=": lambda a, b: a.__setitem__(slice(1), b),
    "del": lambda a, b: a.__delitem__(slice(1)), "repr": lambda a, b: repr(a), "f''": lambda a, b: f"{a}", "iter": lambda a, b: [0 for x in a],
    "attributes": lambda a, b: [getattr(a, name) for name in dir(a)],
}

def call(function, args):
    try:
        probe.start()
        function(*args)
    except Exception:
        pass
    except KeyboardInterrupt:
        pass
    try:
        return probe.stop()
    except KeyboardInterrupt:
        # The call did not look. The interrupt comes once.
        return probe.stop()

def attempt(name, get, makers):
    if name[:len(ONLY)] != ONLY: return
    # What another program on the machine has made slow is repeated.
    for _ in range(5):
        # What is to be called is made anew, since calls change it.
        try:
            function, args = get(), [make() for make in makers]
        except Exception:
            return
        if not callable(function) or call(function, args): return
    probe.note(name)

def attempts(name, get, own):
    attempt(name + "()", get, [])
    for group in (COMMON, SMALL):
        for key in group:
            attempt(name + "(" + key + ")", get, [group[key]])
    attempt(name + "(own)", get, [own])
    for key in MANY: attempt(name + "(*" + key + ")", lambda: spread(get()), [MANY[key]])
    attempt(name + "(**)", lambda: named(get()), [keywords])
    for first in (own, LARGE["str"], LARGE["list"], SMALL["b"], SMALL["bb"]):
        for second in (own, LARGE["count"], SMALL["b"], SMALL["bb"], SMALL["little"]):
            attempt(name + "(2)", get, [first, second])

def names(object):
    # A structure raises for names that it does not know.
    try: return dir(object)
    except KeyError: return []

def wanted(name):
    return name not in SKIPPED and name[:2] != "__"

# No type with methods is left out.
NAMES = {key: [name for name in names(LARGE[key]()) if wanted(name)] for key in LARGE}
covered = {type(LARGE[key]()) for key in LARGE}
missing = {value.__name__ for module in MODULES for value in [getattr(module, name) for name in dir(module)]
           if isinstance(value, type) and value not in covered and not issubclass(value, BaseException) and any(wanted(name) for name in dir(value))}
if missing - SMALL_TYPES: raise RuntimeError(missing)

SIZE = probe.size()
N = SIZE // 64

def methods_of(key):
    make = LARGE[key]
    for name in NAMES[key]:
        attempts(key + "." + name, lambda: getattr(make(), name), make)
    for op in OPERATORS:
        for group in (COMMON, SMALL):
            for other in group:
                attempt(key + " " + op + " " + other, lambda: OPERATORS[op], [make, group[other]])
        attempt(key + " " + op + " own", lambda: OPERATORS[op], [make, make])

def function_of(module, name):
    for key in LARGE:
        attempt(module.__name__ + "." + name + "(" + key + ")", lambda: getattr(module, name), [LARGE[key]])
        attempt(module.__name__ + "." + name + "(2)", lambda: getattr(module, name), [LARGE[key], LARGE[key]])
    attempts(module.__name__ + "." + name, lambda: getattr(module, name), LARGE["list"])

def patterns_of(method):
    for pattern in ("(a*)*b", "a", "[^a]*c", "x|y", ","):
        for subject in ("str", "parts"):
            attempt("re." + method + " " + pattern, lambda: getattr(re.compile(pattern), method), [LARGE[subject]])
            attempt("re." + method + " " + pattern, lambda: getattr(re.compile(pattern), method), [SMALL["b"], LARGE[subject]])

ALL = [(methods_of, key) for key in LARGE]
ALL += [(function_of, module, name) for module in MODULES for name in dir(module) if wanted(name)]
ALL += [(patterns_of, method) for method in ("match", "search", "split", "sub")]

# Names that calls make are there as long as the interpreter is. So several interpreters share the work.
part, parts = probe.part()
for n in range(part, len(ALL), parts):
    if probe.reach(n): ALL[n][0](*ALL[n][1:])
