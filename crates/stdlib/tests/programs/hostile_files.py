# File systems and files that do not keep to their protocol get exceptions, never more.
import io
import os
import sys
import vfs


class Hostile:
    def __init__(self, **answers):
        self.answers = answers

    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        pass

    def __getattr__(self, name):
        if name not in self.answers:
            raise AttributeError(name)
        answer = self.answers[name]
        return answer if callable(answer) else lambda *args: answer


class Reader(io.IOBase):
    def __init__(self, answer):
        self.answer = answer

    def readinto(self, buffer):
        return self.answer(buffer) if callable(self.answer) else self.answer

    def ioctl(self, request, argument):
        return 0 if request == 4 else -1


def raises(*args):
    raise OSError(5)


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)


try:
    vfs.umount("/")
except OSError:
    pass
FILE = (0x8000, 0, 0, 0, 0, 0, 0, 0, 0, 0)
sys.path[:] = ["/h"]


def grow(buffer):
    try:
        buffer.extend(bytes(1000))
    except AttributeError:
        pass
    return 1000


def shrink(buffer):
    buffer[:] = b"x"
    return 0


kept = []


def keep(buffer):
    kept.append(buffer)
    if len(kept) < 3:
        buffer[0] = 32
        return 1
    return 0


print("what stat answers")
for answer in None, 5, (), (1,), "0123456789", ("x",) * 10, (1 << 70,) * 10, [0x8000] * 10, raises:
    vfs.mount(Hostile(stat=answer), "/h")
    attempt(__import__, "module")
    vfs.umount("/h")

print("what open answers")
for answer in None, 5, "text", b"bytes", sys, io.StringIO("print('ran')"), io.BytesIO(b"print('ran')"), io.IOBase(), raises:
    vfs.mount(Hostile(stat=FILE, open=answer), "/h")
    for name in "source", "source2":
        attempt(__import__, name)
    attempt(execfile, "/h/x")
    vfs.umount("/h")
    sys.modules.clear()

print("what reading answers")
for answer in None, "x", 1.5, -1, -(1 << 40), 1 << 70, 100000, grow, shrink, keep, raises, (lambda: 1), (lambda b: b):
    class Compiled(Hostile):
        def stat(self, path):
            if path.endswith(".py"):
                raise OSError(2)
            return FILE if path.endswith(".mpy") else raises()

    for kind in Hostile, Compiled:
        kept.clear()
        vfs.mount(kind(stat=lambda path: FILE if "." in path else raises(), open=lambda path, mode: Reader(answer)), "/h")
        attempt(__import__, "module")
        print("module" in sys.modules)
        sys.modules.clear()
        vfs.umount("/h")
for buffer in kept:
    print(type(buffer), len(buffer) > 0)

print("what closing answers")
for answer in 0, None, "x", -5, -22, 1 << 70, raises:
    class Closing(Reader):
        def readinto(self, buffer):
            return 0

        def ioctl(self, request, argument):
            if request != 4:
                return -1
            return answer() if callable(answer) else answer

    vfs.mount(Hostile(stat=lambda path: FILE if "." in path else raises(), open=lambda path, mode: Closing(0)), "/h")
    attempt(__import__, "module")
    sys.modules.clear()
    vfs.umount("/h")

print("what the rest answers")
for answer in None, 5, [1], "text", iter([5]), iter([()]), raises:
    fs = Hostile(ilistdir=answer, getcwd=answer, chdir=0, mount=0)
    vfs.mount(fs, "/h")
    attempt(os.listdir, "/h")
    os.chdir("/h")
    attempt(os.getcwd)
    vfs.umount(fs)
attempt(vfs.mount, 5, "/h")
attempt(vfs.mount, Hostile(), "")


class Vanishing(Hostile):
    def stat(self, path):
        vfs.umount(self)
        sys.path.clear()
        return FILE

    def open(self, path, mode):
        return io.BytesIO(b"")


vfs.mount(Vanishing(), "/h")
attempt(__import__, "module")
print(vfs.mount())

print("what is no text")
vfs.mount(Hostile(stat=FILE, getcwd=b"\xfe", chdir=0), b"/\xff")
attempt(os.listdir, "/")
print(os.listdir(b"/"))
os.chdir(b"/\xff")
attempt(os.getcwd)
os.chdir("/")
sys.path[:] = [b"/\xff"]
attempt(__import__, "module")
attempt(execfile, "/\u00ff")

# MicroPython differs: it looks for ioctl before readinto, takes an error of a program's own file for its end, and crashes where a mount point is no text.
