"""A file system written in Python, and modules imported from it."""

import sys
import uio
import vfs


class File(uio.IOBase):
    def __init__(self, data):
        self.data = memoryview(data)

    def readinto(self, buffer):
        count = min(len(buffer), len(self.data))
        buffer[:count] = self.data[:count]
        self.data = self.data[count:]
        return count

    def ioctl(self, request, argument):
        return 0


class FileSystem:
    def __init__(self, files):
        self.files = files

    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        pass

    def stat(self, path):
        if path not in self.files:
            raise OSError(2)
        return (0x8000,) + (0,) * 9

    def open(self, path, mode):
        return File(self.files[path])


machine = sys.implementation._mpy >> 8
header = bytes([77, 6, machine, 31])
# Two names, no constants, and a body of bytecode with functions in it.
body = b"\x02\x00\x0cmod.py\x00\x0f\x2c\x00\x02\x01\x51\x63"
files = {
    # For another machine.
    "/mod0.mpy": bytes([77, 6, machine | 0xFC, 31]),
    # With a viper function and one in assembler.
    "/mod1.mpy": header + body + b"\x02\x42" + bytes(8) + b"\x00\x43" + bytes(8) + b"\x00\x00\x00",
    # With a viper function that has data, and relocations up to the end of the file.
    "/mod2.mpy": header + body + b"\x01\x22" + bytes(4) + b"\x70\x06\x04rodata\x03\x01\x00",
}
vfs.mount(FileSystem(files), "/own")
sys.path.append("/own")
for name in "mod0", "mod1", "mod2":
    try:
        __import__(name)
        print(name, "OK")
    except ValueError as error:
        print(name, "ValueError", error)
