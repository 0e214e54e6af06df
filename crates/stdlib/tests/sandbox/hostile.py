# Programs that want more than they may have, each behind a line of its name.
#### decompression bomb
import deflate, io
# A hundred million zeros, compressed three times.
data = b'{{g\xa1\xafs\xa2D\xeb\xc3\xffN\xac\x8e\x17\x94VeY\xb9\xf9N\x16\x122a2y\xc9p"k\x96@\xcdt\x87\xc5V\x0c}\xbcQ2\xcc\x02.\xac\xab^\xaa\xee\xf5\x9e\xf0\xe7y\xa5\xdb\x8f\'\'\xa7\x7f\xff\xbd7\xd3K\xf3\xf4\xd5\x87o\x9f\xbf\xd9\xc3\x00\x04S\xa3\xeb\xec\xe6\xcb\x1do0\xca37\xdf\xfe\x1d(\xe0\xf0\xf6\xd9\xdf\xee8s\xae7\xf2n\xe1\xe7\x18\x81\x02W\xabg\xfa\xb1\xddm?\xf0\xee\xe5\xc6\xe72@~\xc0\xde\x87\xef\xaf\xaf\xb9\xcddw\xeb\xeb\xd3\xb9\xd5 \x1d_\xb75\x81\x14\n\xb8\x1a\x80L\xdc\xc4\xc1\x06\x12\x14;\x08\xe2p(K\x80\xa8H\x16f \xa9\xd0\x9d\x00\xe2\xa4\x08\xf2\x00\xc9\x06\x03\xb0\xa6\t\x94h\xda\xe3\xa7\xfe\xf8\xb1\x98\xc1\x8d\xad\xdd\xaf\'310\xfc_x\xff\x0f#\x00'
def unpacked(): return deflate.DeflateIO(deflate.DeflateIO(deflate.DeflateIO(io.BytesIO(data), deflate.RAW, 15), deflate.RAW, 15), deflate.RAW, 15)
while True:
    try: unpacked().read()
    except MemoryError: pass
#### bomb in pieces
import deflate, io
data = b'{{g\xa1\xafs\xa2D\xeb\xc3\xffN\xac\x8e\x17\x94VeY\xb9\xf9N\x16\x122a2y\xc9p"k\x96@\xcdt\x87\xc5V\x0c}\xbcQ2\xcc\x02.\xac\xab^\xaa\xee\xf5\x9e\xf0\xe7y\xa5\xdb\x8f\'\'\xa7\x7f\xff\xbd7\xd3K\xf3\xf4\xd5\x87o\x9f\xbf\xd9\xc3\x00\x04S\xa3\xeb\xec\xe6\xcb\x1do0\xca37\xdf\xfe\x1d(\xe0\xf0\xf6\xd9\xdf\xee8s\xae7\xf2n\xe1\xe7\x18\x81\x02W\xabg\xfa\xb1\xddm?\xf0\xee\xe5\xc6\xe72@~\xc0\xde\x87\xef\xaf\xaf\xb9\xcddw\xeb\xeb\xd3\xb9\xd5 \x1d_\xb75\x81\x14\n\xb8\x1a\x80L\xdc\xc4\xc1\x06\x12\x14;\x08\xe2p(K\x80\xa8H\x16f \xa9\xd0\x9d\x00\xe2\xa4\x08\xf2\x00\xc9\x06\x03\xb0\xa6\t\x94h\xda\xe3\xa7\xfe\xf8\xb1\x98\xc1\x8d\xad\xdd\xaf\'310\xfc_x\xff\x0f#\x00'
def unpacked(): return deflate.DeflateIO(deflate.DeflateIO(deflate.DeflateIO(io.BytesIO(data), deflate.RAW, 15), deflate.RAW, 15), deflate.RAW, 15)
stream = unpacked()
while stream.read(64): pass
#### bomb into a small buffer
import deflate, io
data = b'{{g\xa1\xafs\xa2D\xeb\xc3\xffN\xac\x8e\x17\x94VeY\xb9\xf9N\x16\x122a2y\xc9p"k\x96@\xcdt\x87\xc5V\x0c}\xbcQ2\xcc\x02.\xac\xab^\xaa\xee\xf5\x9e\xf0\xe7y\xa5\xdb\x8f\'\'\xa7\x7f\xff\xbd7\xd3K\xf3\xf4\xd5\x87o\x9f\xbf\xd9\xc3\x00\x04S\xa3\xeb\xec\xe6\xcb\x1do0\xca37\xdf\xfe\x1d(\xe0\xf0\xf6\xd9\xdf\xee8s\xae7\xf2n\xe1\xe7\x18\x81\x02W\xabg\xfa\xb1\xddm?\xf0\xee\xe5\xc6\xe72@~\xc0\xde\x87\xef\xaf\xaf\xb9\xcddw\xeb\xeb\xd3\xb9\xd5 \x1d_\xb75\x81\x14\n\xb8\x1a\x80L\xdc\xc4\xc1\x06\x12\x14;\x08\xe2p(K\x80\xa8H\x16f \xa9\xd0\x9d\x00\xe2\xa4\x08\xf2\x00\xc9\x06\x03\xb0\xa6\t\x94h\xda\xe3\xa7\xfe\xf8\xb1\x98\xc1\x8d\xad\xdd\xaf\'310\xfc_x\xff\x0f#\x00'
def unpacked(): return deflate.DeflateIO(deflate.DeflateIO(deflate.DeflateIO(io.BytesIO(data), deflate.RAW, 15), deflate.RAW, 15), deflate.RAW, 15)
stream = unpacked()
buffer = bytearray(1)
while stream.readinto(buffer): pass
#### line of a bomb
import deflate, io
data = b'{{g\xa1\xafs\xa2D\xeb\xc3\xffN\xac\x8e\x17\x94VeY\xb9\xf9N\x16\x122a2y\xc9p"k\x96@\xcdt\x87\xc5V\x0c}\xbcQ2\xcc\x02.\xac\xab^\xaa\xee\xf5\x9e\xf0\xe7y\xa5\xdb\x8f\'\'\xa7\x7f\xff\xbd7\xd3K\xf3\xf4\xd5\x87o\x9f\xbf\xd9\xc3\x00\x04S\xa3\xeb\xec\xe6\xcb\x1do0\xca37\xdf\xfe\x1d(\xe0\xf0\xf6\xd9\xdf\xee8s\xae7\xf2n\xe1\xe7\x18\x81\x02W\xabg\xfa\xb1\xddm?\xf0\xee\xe5\xc6\xe72@~\xc0\xde\x87\xef\xaf\xaf\xb9\xcddw\xeb\xeb\xd3\xb9\xd5 \x1d_\xb75\x81\x14\n\xb8\x1a\x80L\xdc\xc4\xc1\x06\x12\x14;\x08\xe2p(K\x80\xa8H\x16f \xa9\xd0\x9d\x00\xe2\xa4\x08\xf2\x00\xc9\x06\x03\xb0\xa6\t\x94h\xda\xe3\xa7\xfe\xf8\xb1\x98\xc1\x8d\xad\xdd\xaf\'310\xfc_x\xff\x0f#\x00'
def unpacked(): return deflate.DeflateIO(deflate.DeflateIO(deflate.DeflateIO(io.BytesIO(data), deflate.RAW, 15), deflate.RAW, 15), deflate.RAW, 15)
unpacked().readline()
#### pattern with nested stars
import re
re.match("(a*)*b", "a" * 5000)
#### pattern with alternatives
import re
re.match("(a|aa)+$", "a" * 5000 + "b")
#### pattern with many groups
import re
re.search("(x+x+)+y" * 3, "x" * 3000)
#### pattern with counts
import re
re.match("((a{0,100}){0,100}){0,100}b", "a" * 200)
#### pattern of empty repetitions
import re
while True: re.match("(|a|b)*(|a|b)*(|a|b)*c", "ab" * 300)
#### substitution of nothing
import re
while True: re.sub("", "abc", "x" * 10000)
#### substitution that calls
import re
def more(match): return re.sub(".", more, match.group(0) * 2)
re.sub(".", more, "ab")
#### split of everything
import re
while True: re.compile("[^a]|b|c").split("abc" * 5000)
#### pattern that is long
import re
while True: re.compile("(a|b)?" * 3000)
#### deep json
import json
while True:
    try: json.loads("[" * 20000)
    except (ValueError, MemoryError, RuntimeError): pass
#### nested objects of json
import json
while True: json.loads('{"a":' * 1000 + "1" + "}" * 1000)
#### numbers of json
import json
while True: json.loads("1" * 20000)
#### floats of json
import json
while True: json.loads("0." + "1" * 20000 + "e-300")
#### json of shared lists
import json
data = []
for _ in range(60): data = [data, data]
while True:
    try: json.dumps(data)
    except MemoryError: pass
#### text of shared lists
data = []
for _ in range(60): data = [data, data]
while True:
    try: repr(data)
    except MemoryError: pass
#### equality of shared lists
a, b = [], []
for _ in range(60): a, b = [a, a], [b, b]
a == b
#### order of shared tuples
a, b = (), ()
for _ in range(60): a, b = (a, a), (b, b)
a < b
#### hash of shared tuples
a = ()
for _ in range(60): a = (a, a)
hash(a)
#### types in shared tuples
a = ()
for _ in range(60): a = (a, a)
isinstance(1, a)
#### subclass of shared tuples
a = (str,)
for _ in range(60): a = (a, a)
issubclass(int, a)
#### class that derives twice from the same
while True:
    A = object
    for _ in range(60): A = type("A", (A, type("B", (A,), {})) if A is not object else (), {})
    hasattr(A(), "nothing")
#### power in a program
while True: eval("7 ** 100000")
#### item that is not there
data = [1.5] * 60000
while True: data.count(2.5), 2.5 in data
#### needle as long as the text
text, needle = "a" * 200000, "a" * 100000 + "b"
while True: text.find(needle), text.rfind(needle), text.count(needle), needle in text
#### comparison of large lists
a, b = list(range(30000)), list(range(30000))
while True: a == b, a < b, hash(tuple(a[:20000])), a.reverse(), b.reverse()
#### joins
parts = ["ab"] * 40000
while True: ",".join(parts)
#### masks of large numbers
a, b = 1 << 1000000, (1 << 1000000) - 1
while True: a & b, int.from_bytes(bytes(100000), "little")
#### views
a, b = memoryview(bytes(300000)), memoryview(bytes(300000))
while True: a == b
#### arguments without an end
while True: max(*"ab" * 20000), min(*range(20000))
#### growing number
n = 3
while True: n *= n
#### power
pow(7, 10 ** 8)
#### power in a ring
pow(7, 10 ** 4000, 10 ** 4000 + 1)
#### digits of a number
while True: str(7 ** 100000)
#### number of digits
while True: int("9" * 100000)
#### number of other digits
while True: int("z" * 100000, 36)
#### factorial
import math
math.factorial(10 ** 9)
#### division
a, b = 3 ** 200000, 7 ** 50000
while True: a // b, a % b, divmod(a, b)
#### shifts
while True: 1 << (1 << 20) >> 5
#### bytes of a number
while True: (1 << 500000).to_bytes(100000, "big")
#### width of a format
while True: "%500000d" % 1
#### width of a field
while True: "{:>500000}".format("a")
#### nested fields
while True: "{:{}.{}}".format("a" * 1000, 200000, 500)
#### precision of a float
while True: "%.500000f" % 1.5
#### many fields
while True: ("{0}" * 20000).format("a" * 20)
#### field of an f-string
n = 400000
while True: f"{n:>{n}}"
#### generators over generators
def over(inner): yield from inner
def endless():
    while True: yield 1
inner = endless()
for _ in range(20): inner = over(inner)
for _ in inner: pass
#### expressions over expressions
items = iter(range(10 ** 12))
for _ in range(20): items = (item for item in items)
sum(items)
#### maps over maps
items = range(10 ** 12)
for _ in range(30): items = map(abs, items)
any(item < 0 for item in items)
#### filters over zips
list(filter(None, zip(*[filter(lambda n: n < 0, range(10 ** 12))] * 3)))
#### chain of functions
def compose(f, g): return lambda x: f(g(x))
f = lambda x: x
for _ in range(100000): f = compose(f, f)
f(1)
#### cache without an end
cache = {}
def fib(n):
    if n not in cache: cache[n] = fib(n - 1) + fib(n - 2)
    return cache[n]
cache[0] = cache[1] = 1
n = 2
while True:
    fib(n)
    n += 1
#### reduction
def reduce(f, items):
    value = next(items)
    for item in items: value = f(value, item)
    return value
reduce(lambda a, b: a * b, iter(range(1, 10 ** 9)))
#### classes of classes
C = object
while True: C = type("C", (C,), {"a": 1})
#### diamonds
class A: pass
for _ in range(200): A = type("A", (type("B", (A,), {}), type("C", (A,), {})), {})
while True: hasattr(A(), "nothing")
#### class that makes itself
class Meta:
    def __init_subclass__(cls): type("D", (cls,), {})
    def __getattr__(self, name): return Meta()
    def __call__(self, *args): return type("M", (Meta,), {})()
x = Meta()
while True: x = x.a.b.c()
#### attributes that ask for attributes
class A:
    def __getattr__(self, name): return getattr(self, name + "x")
A().a
#### descriptors
class D:
    def __get__(self, instance, owner): return instance.d
class E: d = D()
E().d
#### equal to everything
class Liar:
    def __eq__(self, other): return [Liar()] == [other]
    def __hash__(self): return 1
Liar() == Liar()
#### keys that collide
d = {}
n = 0
while True:
    d[n << 70] = n
    n += 1
#### keys that compare for long
class Key:
    def __init__(self, data): self.data = data
    def __hash__(self): return 1
    def __eq__(self, other): return self.data == other.data
d = {}
while True: d[Key([1] * 1000)] = 1
#### finalisers
import gc
class Phoenix:
    def __del__(self):
        global last
        last = Phoenix()
        while True: pass
Phoenix()
while True:
    last = None
    gc.collect()
#### finalisers of finalisers
import gc
class Dying:
    def __del__(self): Dying(), Dying()
Dying()
while True: gc.collect()
#### weak references
import weakref, gc
class C: pass
def again(_=None):
    for _ in range(10): kept.append(weakref.ref(C(), again))
    gc.collect()
kept = []
again()
while True: gc.collect()
#### many files to wait for
import io, select
class Busy(io.IOBase):
    def ioctl(self, request, argument):
        return 0 if request == 3 else -22
poll = select.poll()
for _ in range(1000): poll.register(Busy(), 1)
poll.poll()
#### poll of a liar
import io, select
class Liar(io.IOBase):
    def ioctl(self, request, argument):
        if request == 3: poll.register(Liar(), 1)
        return 0 if request == 3 else -22
poll = select.poll()
poll.register(Liar(), 1)
while True: poll.poll(1)
#### buffers over buffers
import io
out = io.BytesIO()
for _ in range(30): out = io.BufferedWriter(out, 1)
while True: out.write(b"a" * 10000)
#### endless stream
import io, json
class Endless(io.IOBase):
    def readinto(self, buffer):
        buffer[:] = b" " * len(buffer)
        return len(buffer)
json.load(Endless())
#### stream of nothing
import io
class Nothing(io.IOBase):
    def write(self, data): return 0
while True:
    try: io.BufferedWriter(Nothing(), 4).write(b"a" * 100)
    except OSError: pass
#### stream that lies
import deflate, io, json
class Liar(io.IOBase):
    def readinto(self, buffer): return 1 << 40
    def write(self, data): return 1 << 40
while True:
    for use in (lambda: print("a", file=Liar()), lambda: json.load(Liar()), lambda: deflate.DeflateIO(Liar(), deflate.RAW).read(9)):
        try: use()
        except (OSError, ValueError, TypeError, OverflowError, EOFError): pass
#### FAT
import vfs
class Ram:
    def __init__(self): self.data = bytearray(150000)
    def readblocks(self, n, buffer, offset=0): buffer[:] = self.data[n * 512 + offset : n * 512 + offset + len(buffer)]
    def writeblocks(self, n, buffer, offset=0): self.data[n * 512 + offset : n * 512 + offset + len(buffer)] = buffer
    def ioctl(self, request, argument): return {4: 290, 5: 512, 6: 0}.get(request)
device = Ram()
vfs.VfsFat.mkfs(device)
fat = vfs.VfsFat(device)
n = 0
while True:
    with fat.open("/%d" % (n % 40), "w") as file: file.write("a" * (n % 3000))
    list(fat.ilistdir("/"))
    n += 1
#### littlefs
import vfs
class Ram:
    def __init__(self): self.data = bytearray(150000)
    def readblocks(self, n, buffer, offset=0): buffer[:] = self.data[n * 512 + offset : n * 512 + offset + len(buffer)]
    def writeblocks(self, n, buffer, offset=0): self.data[n * 512 + offset : n * 512 + offset + len(buffer)] = buffer
    def ioctl(self, request, argument): return {4: 290, 5: 512, 6: 0}.get(request)
device = Ram()
vfs.VfsLfs2.mkfs(device)
lfs = vfs.VfsLfs2(device)
n = 0
while True:
    with lfs.open("/%d" % (n % 50), "a") as file: file.write("a" * (n % 300))
    list(lfs.ilistdir("/"))
    n += 1
#### device that lies
import vfs, random
class Liar:
    def readblocks(self, n, buffer, offset=0):
        for i in range(len(buffer)): buffer[i] = random.getrandbits(8)
    def writeblocks(self, n, buffer, offset=0): pass
    def ioctl(self, request, argument): return {4: 1 << 30, 5: 512, 6: 0}.get(request)
while True:
    for kind in vfs.VfsFat, vfs.VfsLfs1, vfs.VfsLfs2:
        try: list(kind(Liar()).ilistdir("/"))
        except (OSError, MemoryError): pass
#### format of a large device
import vfs
class Zero:
    def readblocks(self, n, buffer, offset=0):
        for i in range(len(buffer)): buffer[i] = 0
    def writeblocks(self, n, buffer, offset=0): pass
    def ioctl(self, request, argument): return {4: 1 << 30, 5: 512, 6: 0}.get(request)
for kind in vfs.VfsFat, vfs.VfsLfs1, vfs.VfsLfs2:
    try: kind.mkfs(Zero())
    except OSError: pass
while True: pass
#### ROM that lies
import vfs
rom = b"\xd2\xcd\x31\x87\x68" + b"\x04\x83\x60" * 300 + bytes(100)
while True:
    try: list(vfs.VfsRom(rom).ilistdir("/"))
    except (OSError, ValueError): pass
#### parentheses
while True:
    try: compile("(" * 100000, "", "exec")
    except (SyntaxError, MemoryError, RuntimeError): pass
#### long sources
while True: compile("def f(): pass\n" * 500, "", "exec")
#### nested functions
source = ""
for n in range(60): source += " " * n + "def f():\n"
source += " " * 60 + "pass\n"
while True: compile(source, "", "exec")
#### constants that fold
while True: compile("x = " + " + ".join(["1"] * 20000), "", "exec")
#### powers that fold
while True:
    try: compile("x = 1 << 100000", "", "exec"), compile("x = 7 ** 7 ** 7", "", "exec")
    except MemoryError: pass
#### program in a program
def again(source): exec(source)
source = "exec(source)"
exec(source)
#### module that lies
import marshal
code = marshal.dumps(compile("x = 1\n" * 2000, "", "exec"))
n = 0
while True:
    bad = bytearray(code)
    bad[n % len(code)] ^= 1 << n % 8
    try: marshal.loads(bytes(bad))
    except (ValueError, EOFError, TypeError): pass
    n += 1
#### sums
while True: sum(range(10 ** 9))
#### sort
data = [n * 7919 % 10007 for n in range(10000)]
while True: sorted(data, key=lambda n: -n)
#### order of heaps
import heapq
heap = list(range(50000))
while True:
    heap.reverse()
    heapq.heapify(heap)
#### sets
a, b = set(range(1000)), set(range(500, 1500))
while True: a & b, a | b, a ^ b, a - b, a <= b
#### hashes
import hashlib
while True: hashlib.sha256(bytes(500000)).digest()
#### text
text = "abc" * 10000
while True: text.replace("b", "dd"), text.split("c"), text.upper(), text.find("x"), text.encode(), text.encode().decode()
#### handler that goes on
while True:
    try:
        while True: pass
    except BaseException: pass
#### finally that goes on
try:
    while True: pass
finally:
    while True: pass
#### iterator that goes on
class Endless:
    def __iter__(self): return self
    def __next__(self): return 1
list(Endless())
#### unpacking without an end
def endless():
    while True: yield 1
def f(*args): pass
f(*endless())
#### sleep
import time
time.sleep(10 ** 9)
#### tasks
import sys
sys.path.append(".frozen")
import asyncio
async def task():
    while True: await asyncio.sleep(0)
async def main():
    await asyncio.gather(*[task() for _ in range(20)])
asyncio.run(main())
#### schedule
import micropython
def again(n): micropython.schedule(again, n + 1)
again(0)
while True: pass
#### collection
import gc
data = [[n] for n in range(8000)]
while True: gc.collect()
#### structures
import struct
while True: struct.unpack("<20000B", bytes(20000))
#### arrays
import array
while True:
    a = array.array("i", range(50000))
    a == a, a + a
#### base64
import binascii
data = binascii.b2a_base64(bytes(200000))
while True: binascii.a2b_base64(data), binascii.crc32(data), binascii.hexlify(data[:1000])
