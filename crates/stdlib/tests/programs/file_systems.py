# File systems on block devices in memory.
import os
import vfs


class Device:
    SIZE = 512

    def __init__(self, blocks):
        self.data = bytearray(blocks * self.SIZE)

    def readblocks(self, block, buffer, offset=0):
        at = block * self.SIZE + offset
        buffer[:] = memoryview(self.data)[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        at = block * self.SIZE + offset
        memoryview(self.data)[at : at + len(buffer)] = buffer

    def ioctl(self, request, argument):
        if request == 4:
            return len(self.data) // self.SIZE
        if request == 5:
            return self.SIZE
        return 0


def attempt(function, *args):
    try:
        print(function(*args))
    except OSError as error:
        print("OSError", error.errno)
    except Exception as error:
        print(type(error).__name__)


def files(fs):
    with fs.open("a.txt", "w") as file:
        print(file.write("one\ntwo\n"), file.tell())
        print(file.write("three"), file.seek(4), file.write("TWO"), file.flush())
    with fs.open("a.txt", "a") as file:
        file.write("\nfour\n")
    with fs.open("a.txt", "r") as file:
        print(file.read(5), file.readline(), list(file), file.read(), file.read(1))
        print(file.seek(-5, 2), file.read(), file.seek(2), file.seek(3, 1), file.read(2))
    with fs.open("b.bin", "wb") as file:
        for n in range(5):
            file.write(bytes(range(200)))
    with fs.open("b.bin", "r+b") as file:
        file.seek(510)
        file.write(b"over a border")
        file.seek(500)
        print(file.read(30))
    buffer = bytearray(4)
    with fs.open("b.bin", "rb") as file:
        print(file.readinto(buffer), buffer, file.seek(998), file.readinto(buffer), buffer, file.readinto(buffer))
    attempt(fs.open, "missing", "r")
    attempt(fs.open, "missing/too", "w")
    attempt(fs.open, "a.txt/inside", "w")
    attempt(fs.open, "a.txt", "xb")
    file = fs.open("a.txt", "r")
    attempt(file.write, "x")
    file.close()
    file.close()
    attempt(file.read)


def folders(fs):
    fs.mkdir("folder")
    attempt(fs.mkdir, "folder")
    attempt(fs.mkdir, "no/folder")
    fs.chdir("folder")
    print(fs.getcwd())
    fs.mkdir("inner")
    fs.open("inner/file", "w").close()
    print(sorted(fs.ilistdir()), list(fs.ilistdir("/folder/inner")), list(fs.ilistdir(b"inner")))
    attempt(fs.chdir, "missing")
    attempt(fs.rmdir, "/folder")
    fs.rename("inner/file", "/moved")
    fs.rename("/moved", "/a.txt")
    fs.chdir("/")
    print(fs.stat("a.txt")[:7], fs.stat("folder/inner")[0], fs.stat("/")[0])
    attempt(fs.stat, "moved")
    attempt(fs.remove, "moved")
    attempt(fs.rename, "moved", "elsewhere")
    fs.rmdir("folder/inner")
    fs.rmdir("folder")
    fs.remove("b.bin")
    print(sorted(fs.ilistdir("")))


def full(fs):
    sizes = []
    try:
        for n in range(60):
            with fs.open("f%d" % n, "wb") as file:
                file.write(bytes([n]) * 700)
    except OSError as error:
        print("full", error.errno)
    for entry in fs.ilistdir():
        with fs.open(entry[0], "rb") as file:
            data = file.read()
            assert data == bytes([int(entry[0][1:])]) * len(data)
        fs.remove(entry[0])
    print(list(fs.ilistdir()))


for kind in vfs.VfsFat, vfs.VfsLfs1, vfs.VfsLfs2:
    print("---", kind.__name__)
    device = Device(50)
    attempt(kind, device)
    kind.mkfs(device)
    fs = kind(device)
    print(fs.statvfs("")[:3], list(fs.ilistdir()))
    files(fs)
    folders(fs)
    fs.remove("a.txt")
    full(fs)

    # Mounted, and by the functions of `os`.
    vfs.mount(device, "/m")
    os.chdir("/m")
    with open("mod.py", "w") as file:
        file.write("def f(): return __name__, __file__\n")
    import sys

    sys.path[:] = ["/m"]
    import mod

    print(mod.f(), os.listdir(), os.getcwd())
    del sys.modules["mod"]
    os.chdir("/")
    vfs.umount("/m")
    vfs.mount(device, "/m", readonly=True)
    attempt(open, "/m/new", "w")
    attempt(os.remove, "/m/mod.py")
    attempt(os.mkdir, "/m/new")
    print(open("/m/mod.py").read(3), os.stat("/m/mod.py")[6])
    vfs.umount("/m")

# MicroPython differs: what is closed can still be asked there.
