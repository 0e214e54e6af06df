# A compiled module from a file that comes in pieces (which MicroPython takes for the end of it), and with something behind it.
import sys, vfs
from io import IOBase

data = b'M\x06\x00\x1e\x04\x01\x12pieces.py\x00\x0f\x81-\x82E\n\x02\x05\x11of a small module\x00\x07\x017t\x00\x04\x01D2\x00\x16\x02#\x00\x16\x03Qc\x018\x00\x04\x02 \x12\x03c'


class File(IOBase):
    def __init__(self, data, step):
        self.data = data
        self.step = step

    def readinto(self, buffer):
        piece = self.data[: min(self.step, len(buffer))]
        self.data = self.data[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)

    def ioctl(self, request, argument):
        return 0 if request == 4 else -1


class Files:
    def mount(self, readonly, mkfs):
        pass

    def stat(self, path):
        if path.endswith(".mpy"):
            return (0x8000,) + (0,) * 9
        raise OSError(2)

    def open(self, path, mode):
        return File(self.data, self.step)


files = Files()
vfs.mount(files, "/pieces")
sys.path.insert(0, "/pieces")
for step in 1, 7, 50, len(data), 1000:
    for behind in b"", b"more", b"\xff" * 600:
        files.step = step
        files.data = data + behind
        import module

        print(step, len(behind), module.get())
        del sys.modules["module"]

# MicroPython differs: it takes a short piece for the end of the file.
