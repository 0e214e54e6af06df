# A file system on a device in memory, whose first bytes are any: everything is looked at, and changed. The module's end says which one.
import os
import vfs


class Device:
    def __init__(self, image):
        self.data = bytearray(size * blocks)
        self.data[: len(image)] = image[: len(self.data)]
        self.left = most

    def access(self, block, buffer, offset):
        # More than anything reasonable takes: it does not end.
        self.left -= 1
        if self.left < 0:
            raise AssertionError("too many accesses")
        at = block * size + offset
        if at + len(buffer) > len(self.data):
            raise OSError(22)
        return at

    def readblocks(self, block, buffer, offset=0):
        at = self.access(block, buffer, offset)
        buffer[:] = memoryview(self.data)[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        at = self.access(block, buffer, offset)
        self.data[at : at + len(buffer)] = buffer

    def ioctl(self, request, argument):
        if request == 4:
            return blocks
        if request == 5:
            return size
        if request == 6:
            at = self.access(argument, b"", 0)
            self.data[at : at + size] = b"\xff" * size
        return 0


def seeds():
    device = Device(b"")
    if kind is vfs.VfsFat:
        kind.mkfs(device)
    else:
        kind.mkfs(device, readsize=16, progsize=16, lookahead=16)
    empty = bytes(device.data)
    fs = mount(device)
    fs.mkdir("d")
    fs.mkdir("d/e")
    for path, count in (("a", 3), ("b.txt", 60), ("d/c", 200), ("d/e/A long name.bin", 0), ("d/g", 1)):
        with fs.open(path, "wb") as file:
            file.write(b"%04d" % count * count)
    fs.rename("a", "d/e/f")
    fs.remove("d/g")
    return [empty.rstrip(b"\0"), bytes(device.data).rstrip(b"\0")]


def mount(device):
    if kind is vfs.VfsFat:
        return kind(device)
    return kind(device, readsize=16, progsize=16, lookahead=16)


def attempt(device, function, *args):
    device.left = most
    try:
        return function(*args)
    except AssertionError:
        raise
    except Exception as error:
        return error


def read(fs, path):
    with fs.open(path, "rb") as file:
        for _ in range(20):
            if not file.read(400):
                break
        file.seek(-3, 2)
        file.read(9)


def write(fs, path, mode, place):
    with fs.open(path, mode) as file:
        file.seek(place)
        file.write(b"x" * 150)


def walk(device, fs):
    left, found = [""], []
    while left and len(found) < 25:
        folder = left.pop()
        entries = attempt(device, lambda: list(fs.ilistdir(folder)))
        if isinstance(entries, Exception):
            continue
        for entry in entries[:10]:
            path = folder + "/" + entry[0]
            found.append(path)
            attempt(device, fs.stat, path)
            attempt(device, read, fs, path)
            left.append(path)
    return found


def run(image):
    device = Device(image)
    fs = attempt(device, mount, device)
    if isinstance(fs, Exception):
        return
    found = walk(device, fs)
    attempt(device, fs.statvfs, "/")
    for n, path in enumerate(found):
        if n % 3 == 0:
            attempt(device, write, fs, path, "ab", 0)
        elif n % 3 == 1:
            attempt(device, write, fs, path, "r+b", 90)
        else:
            attempt(device, write, fs, path, "wb", 0)
        attempt(device, fs.mkdir, path + "/new")
    for n, path in enumerate(found):
        if n % 2:
            attempt(device, fs.rename, path, found[n * 7 % len(found)] + "/moved")
        attempt(device, fs.remove, path)
        attempt(device, fs.rmdir, path)
    attempt(device, fs.mkdir, "/last")
    attempt(device, write, fs, "/last/file", "wb", 0)
    fs = attempt(device, mount, device)
    if not isinstance(fs, Exception):
        walk(device, fs)


