# Characters of text in memory and in files on block devices, whose bytes may be no UTF-8.
import io
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
        return function(*args)
    except UnicodeError as error:
        return type(error).__name__


def texts(data):
    yield lambda: io.StringIO(data)
    for kind in vfs.VfsFat, vfs.VfsLfs1, vfs.VfsLfs2:
        device = Device(64)
        kind.mkfs(device)
        fs = kind(device)
        with fs.open("text", "wb") as file:
            file.write(data)
        yield lambda: fs.open("text", "r")


for data in b"\xc3a", b"\xc3", b"\xff", b"\xf0\x9d", b"a\xc3\xa9b\n\xe2\x82\xacd":
    for open in texts(data):
        for n in 1, 2:
            file = open()
            print(data, n, repr(attempt(file.read, n)), repr(attempt(file.readline, n)), repr(attempt(file.read)))

# MicroPython differs: repr() escapes all characters that are not ASCII there, and reading one character of a file with others raises UnicodeError; here repr() escapes those that cannot be printed, as in CPython.
