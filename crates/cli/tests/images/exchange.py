# exchange.py ACTION TYPE IMAGE: makes the image of a file system, changes it, or prints what is in it.
import sys
import vfs

SIZE = 512
BLOCKS = 200


class Device:
    def __init__(self, data):
        self.data = data

    def readblocks(self, block, buffer, offset=0):
        at = block * SIZE + offset
        for n in range(len(buffer)):
            buffer[n] = self.data[at + n]

    def writeblocks(self, block, buffer, offset=0):
        at = block * SIZE + offset
        self.data[at : at + len(buffer)] = buffer

    def ioctl(self, request, argument):
        if request == 4:
            return BLOCKS
        if request == 5:
            return SIZE
        if request == 6:
            return 0


def data(seed, size):
    return bytes((n * 7 + n // 256 + seed * 31) & 0xFF for n in range(size))


def write(fs, path, mode, content):
    with fs.open(path, mode) as file:
        while content:
            file.write(content[:100])
            content = content[100:]


def make(fs):
    write(fs, "empty", "w", b"")
    write(fs, "/short.txt", "wb", b"a few bytes")
    write(fs, "a name that is long", "wb", data(1, 5000))
    fs.mkdir("folder")
    fs.mkdir("/folder/inner")
    for n in range(30):
        write(fs, "folder/inner/file number %d" % n, "wb", data(n, n * 40))
    for n in range(0, 30, 3):
        fs.remove("folder/inner/file number %d" % n)


def change(fs):
    write(fs, "short.txt", "ab", data(5, 3000))
    with fs.open("a name that is long", "r+b") as file:
        file.seek(700)
        file.write(b"changed here")
    fs.rename("folder/inner/file number 1", "folder/inner/another name for it, longer")
    fs.rename("folder/inner/file number 2", "at the root")
    fs.rename("empty", "folder/emptier")
    fs.mkdir("new")
    fs.rename("folder/inner", "new/moved")
    for n in range(20):
        write(fs, "new/moved/x%d" % n, "wb", data(n, 600))
    for n in range(20):
        fs.remove("new/moved/x%d" % n)
    fs.mkdir("gone")
    fs.rmdir("gone")


def look(fs, folder=""):
    for entry in sorted(fs.ilistdir(folder or "/")):
        path = folder + "/" + entry[0]
        if entry[1] == 0x4000:
            print(path + "/")
            look(fs, path)
        else:
            with fs.open(path, "rb") as file:
                content = file.read()
            assert fs.stat(path)[6] == len(content)
            print(path, len(content), sum(content), sum((n * byte) & 0xFFFF for n, byte in enumerate(content)))


action, kind, image = sys.argv[1:]
kind = getattr(vfs, kind)
if action == "make":
    device = Device(bytearray(SIZE * BLOCKS))
    kind.mkfs(device)
else:
    with open(image, "rb") as file:
        device = Device(bytearray(file.read()))
fs = kind(device)
{"make": make, "change": change, "look": look}[action](fs)
# What made it is found out without being told.
vfs.mount(device, "/found")
with open("/found/short.txt", "rb") as file:
    assert file.read(11) == b"a few bytes"
vfs.umount("/found")
if action != "look":
    with open(image, "wb") as file:
        file.write(device.data)
