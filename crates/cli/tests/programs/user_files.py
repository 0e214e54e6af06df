# A file system with .mpy files made of bytes, mounted and imported from.
import sys, uio, vfs

try:
    sys.implementation._mpy
except AttributeError:
    raise SystemExit


class UserFile(uio.IOBase):
    def __init__(self, data):
        self.data = memoryview(data)
        self.pos = 0

    def readinto(self, buf):
        n = min(len(buf), len(self.data) - self.pos)
        buf[:n] = self.data[self.pos : self.pos + n]
        self.pos += n
        return n


class UserFS:
    def __init__(self, files):
        self.files = files

    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        pass

    def stat(self, path):
        if path in self.files:
            return (0x8000, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        raise OSError

    def open(self, path, mode):
        return UserFile(self.files[path])


HEADER = bytes([77, 6, sys.implementation._mpy >> 8, 31])
# Two names, no constants, and the body of an empty module, which has functions inside.
BODY = b"\x02\x00\x0cmod.py\x00\x0f\x2c\x00\x02\x01\x51\x63"

files = {
    # Nothing but a header, of an architecture that there is not.
    "/mod0.mpy": bytes([77, 6, sys.implementation._mpy >> 8 | 0xFC, 31]),
    # A viper function and an assembler function.
    "/mod1.mpy": HEADER + BODY + b"\x02" + b"\x42" + bytes(8) + b"\x00" + b"\x43" + bytes(8) + b"\x00\x00\x00",
    # A viper function with read-only data, bss, and relocations that end with the file.
    "/mod2.mpy": HEADER + BODY + b"\x01" + b"\x22" + bytes(4) + b"\x70\x06\x04rodata\x03\x01\x00",
}

vfs.mount(UserFS(files), "/userfs")
sys.path.append("/userfs")

for i in range(3):
    mod = "mod%u" % i
    try:
        __import__(mod)
        print(mod, "OK")
    except ValueError as er:
        print(mod, "ValueError", er)

vfs.umount("/userfs")
sys.path.pop()

# MicroPython differs: its imports ask streams for `ioctl`, which these have not.
