# ROM images, made here byte by byte.
import os
import sys
import vfs


def uint(number):
    out = bytes([number & 0x7F])
    while number > 0x7F:
        number >>= 7
        out = bytes([0x80 | number & 0x7F]) + out
    return out


def record(kind, payload):
    return bytes([kind]) + uint(len(payload)) + payload


def text(name):
    return uint(len(name)) + name.encode()


def file(name, data):
    return record(5, text(name) + record(2, data))


def folder(name, *entries):
    return record(4, text(name) + b"".join(entries))


def image(*entries):
    return b"\xd2\xcd\x31" + record(0, b"".join(entries))[1:]


def attempt(function, *args):
    try:
        print(function(*args))
    except OSError as error:
        print("OSError", error.errno)
    except Exception as error:
        print(type(error).__name__)


inner = image(file("inner.txt", b"found inside"), file("deep.py", b"name = __name__, __file__\n"))
whole = image(
    record(1, b"padding"),
    file("a.py", b"import b\nname = __name__, b.name\n"),
    folder("pkg", file("__init__.py", b"from . import c\n"), file("c.py", b"name = __name__\n")),
    file("b.py", b"name = __file__\n"),
    record(9, b"of a kind to come"),
    file("inner.romfs", inner),
    file("empty", b""),
)
vfs.mount(vfs.VfsRom(whole), "/rom")
print(os.listdir("/rom"), list(os.ilistdir(b"/rom/pkg")), os.stat("/rom/inner.romfs")[6], os.statvfs("/rom")[0])
sys.path[:] = ["/rom"]
import a, pkg

print(a.name, pkg.c.name, pkg.__path__)
for path, mode in ("missing", "r"), ("pkg", "r"), ("a.py", "w"), ("a.py", "a"), ("a.py/b", "r"), ("empty/", "r"):
    attempt(open, "/rom/" + path, mode)
with open("/rom/a.py") as source:
    print(source.readline(), source.seek(-3, 2), source.read(), source.seek(100), source.read())

# An image in an image, whose file is closed while it is used.
with open("/rom/inner.romfs", "rb") as lent:
    view = memoryview(lent)
vfs.mount(vfs.VfsRom(view), "/inner")
sys.path.append("/inner")
import deep

print(deep.name, open("/inner/inner.txt").read(), bytes(view[:3]))
attempt(memoryview, lent)
vfs.umount("/inner")
vfs.umount("/rom")

# What is cut short, or has no image in it.
for memory in b"", b"\xd2\xcd\x31", whole[:-1], bytes(20), 5, "text":
    attempt(lambda: vfs.VfsRom(memory) and "mounts")
# Records that do not fit what they are in: nothing behind them is listed.
for entries in (
    [b"\x05\x7f"],
    [record(5, text("no data")), file("later", b"")],
    [record(5, b"\x7fshort")],
    [record(5, text("points out") + record(3, uint(1 << 20) + uint(0)))],
    [record(5, text("points too far") + record(3, uint(5) + uint(1 << 40)))],
    [record(4, text("folder") + b"\x05\x7f")],
    [b"\x85\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"],
):
    bad = vfs.VfsRom(image(file("first", b"1"), *entries))
    print([entry[0] for entry in bad.ilistdir("")], end=" ")
    attempt(lambda: [entry[0] for entry in bad.ilistdir("folder")])
    attempt(lambda: bad.open("first", "rb").read())
    attempt(lambda: bad.open("later", "rb").read())

# Memory that changes under an image.
memory = bytearray(whole)
changing = vfs.VfsRom(memory)
source = changing.open("a.py", "rb")
for n in range(len(memory)):
    memory[n] = 0
attempt(changing.stat, "a.py")
attempt(lambda: len(source.read()))

# MicroPython differs: it takes what is no buffer for an image, and lists files whose data lies outside.
