# Importing from a file system that a program implements.
import io
import sys
import vfs


class File(io.IOBase):
    def __init__(self, data):
        self.data = data
        self.at = 0

    def readinto(self, buffer):
        count = min(len(buffer), len(self.data) - self.at)
        buffer[:count] = self.data[self.at : self.at + count]
        self.at += count
        return count

    def ioctl(self, request, argument):
        if request == 4:
            print("closed after", self.at)
        return 0 if request == 4 else -1


class Files:
    def __init__(self, files):
        self.files = files

    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        pass

    def stat(self, path):
        mode = 0x8000 if path in self.files else 0x4000
        if mode == 0x4000 and not any(name.startswith(path + "/") for name in self.files):
            raise OSError(2)
        return (mode, 0, 0, 0, 0, 0, 0, 0, 0, 0)

    def open(self, path, mode):
        print("open", path, mode)
        return File(self.files[path])


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)


try:
    vfs.umount("/")
except OSError:
    pass
vfs.mount(
    Files(
        {
            "/plain.py": b"print('plain runs', __name__, __file__)\nvalue = 1\n",
            "/both.py": b"which = 'source'",
            "/both.mpy": b"",
            "/pkg/__init__.py": b"print('pkg runs', __name__, __path__, __file__)\nfrom . import inner\n",
            "/pkg/inner.py": b"from .sub import leaf as l\nfrom . import *\nprint(__name__, l.__name__)\n",
            "/pkg/sub/leaf.py": b"from .. import inner as again\nprint(__name__, again.__name__)\n",
            "/pkg/high.py": b"from ... import x\n",
            "/space/one.py": b"here = 1",
            "/one.py": b"import two\nprint('one has', 'one' in dir(two))\na = 1\n",
            "/two.py": b"import one\nprint('two has', hasattr(one, 'a'))\n",
            "/fails.py": b"import sys\nprint('fails' in sys.modules)\n1/0\n",
            "/wrong.py": b"def :\n",
            "/wrong.mpy": b"",
            "/cut.mpy": b"M\x06\x00\x1f\x05",
            "/arch.mpy": b"M\x06\xff\x1f",
            "/sys.py": b"print('never')",
            "/time.py": b"import sys\npath = sys.path[:]\nsys.path.clear()\nfrom time import *\nsys.path.extend(path)\nmore = 'more'\n",
            "/other.py": b"import sys\nsys.modules['other'] = 'something else'\n",
            "/names.py": b"__all__ = ['a', 'b']\na, b, c = 1, 2, 3\n",
            "/bad_names.py": b"__all__ = ['nothing']\n",
        }
    ),
    "/files",
)
sys.path[:] = ["/nowhere", "/files"]

import plain
import plain as again

print(plain is again, plain.value, plain)
import both

print(both.which)
import pkg.sub.leaf as leaf

print(leaf, pkg if "pkg" in dir() else "no pkg")
import pkg.sub.leaf

print(pkg, pkg.sub, pkg.sub.leaf is leaf)
attempt(__import__, "pkg.high")
attempt(__import__, "pkg.missing")
attempt(__import__, "plain.missing")
attempt(__import__, "missing.more")
import space.one

print(space, space.__path__, hasattr(space, "__file__"))
import one

for name in "fails", "wrong", "cut", "arch":
    attempt(__import__, name)
    print(name in sys.modules)
import usys

print(usys is sys, hasattr(sys, "__file__"))
import time
import utime

print(time.__file__, time.more, hasattr(time, "sleep"), time is utime, hasattr(utime, "more"))
import other

print(sys.modules["other"])
del sys.modules["plain"]
import plain as fresh

print(plain is fresh)

from names import *

print(a, b, "c" in globals())
attempt(exec, "from bad_names import *")
attempt(exec, "from plain import nothing")
attempt(exec, "from . import plain")

print(__import__("pkg.sub"), __import__("pkg.sub", None, None, ("leaf",)))
print(__import__("sub.leaf", {"__name__": "pkg.inner"}, None, ("x",), 1))
print(__import__("", {"__name__": "pkg", "__path__": "anything"}, None, None, 1))
attempt(__import__, "")
attempt(__import__, 1)
attempt(__import__, "plain", None, None, None, -1)
attempt(__import__, "plain", 1, None, None, 1)
attempt(__import__, "plain", {}, None, None, 1)
attempt(__import__, "plain", {"__name__": "top"}, None, None, 1)

sys.path = ["/files/space"]
del sys.modules["one"]
import one

print(one.here)
sys.path = [1]
attempt(__import__, "never_imported")
sys.path = ["/files"]

import builtins

original = __import__


def spy(name, globals, locals, names, level):
    print("import", name, globals["__name__"], locals, names, level)
    return original(name, globals, locals, names, level)


builtins.__import__ = spy
import plain
from pkg.sub import leaf

del sys.modules["pkg.inner"]
import pkg.inner

builtins.__import__ = original
import plain

# MicroPython does not end: it loops on an .mpy file that is cut short.
