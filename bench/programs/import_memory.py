"""Modules imported from a file system in memory that is written in Python."""

import sys

try:
    import io, vfs
    io.IOBase
    bytes_of_module = sys.implementation._mpy
except (ImportError, AttributeError):
    print("SKIP")
    raise SystemExit

N = 300

SOURCE = b"""
VALUE = 3
def scale(x, factor=VALUE):
    return x * factor
class Thing:
    def method(self):
        return [scale(i) for i in range(4)]
"""


class File(io.IOBase):
    def __init__(self, data):
        self.data = memoryview(data)
        self.at = 0

    def readinto(self, target):
        part = self.data[self.at : self.at + len(target)]
        target[: len(part)] = part
        self.at += len(part)
        return len(part)

    def ioctl(self, request, argument):
        return 0


class Memory:
    def __init__(self, files):
        self.files = files

    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        pass

    def stat(self, path):
        if path in self.files:
            return (0x8000, 0, 0, 0, 0, 0, len(self.files[path]), 0, 0, 0)
        raise OSError(2)

    def open(self, path, mode):
        return File(self.files[path])


def main(n):
    vfs.mount(Memory({"/memory_module.py": SOURCE}), "/memory")
    sys.path.insert(0, "/memory")
    total = 0
    for i in range(n):
        module = __import__("memory_module")
        total += len(module.Thing().method())
        del sys.modules["memory_module"]
    vfs.umount("/memory")
    return total
