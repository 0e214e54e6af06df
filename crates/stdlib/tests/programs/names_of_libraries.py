# Names that libraries use, and what lists the names of modules.
# MicroPython differs: a ROM has no methods that change files there, and `os` no file systems.
import asyncio
import io
import os
import vfs

print("Task" in dir(asyncio), "" in dir(asyncio), [hasattr(asyncio.StreamWriter, name) for name in ("awrite", "awritestr", "aclose")])
print([getattr(os, name) is getattr(vfs, name) for name in ("VfsFat", "VfsLfs1", "VfsLfs2")])


class Slow(io.IOBase):
    # Takes two bytes at a time, and is always ready.
    def __init__(self):
        self.taken = b""

    def write(self, data):
        self.taken += bytes(data[:2])
        return min(len(data), 2)

    def ioctl(self, request, argument):
        return argument if request == 3 else 0

    def close(self):
        print("closed")


async def main():
    slow = Slow()
    stream = asyncio.StreamWriter(slow, {})
    await stream.awrite(b"hello")
    await stream.awrite(b"0123456789", 2, 3)
    await stream.awrite(b"xyz", 1)
    await stream.awritestr(b"text")
    await stream.aclose()
    print(slow.taken)


asyncio.run(main())

rom = vfs.VfsRom(b"\xd2\xcd1\x00")
for change in (lambda: rom.remove("/a"), lambda: rom.mkdir("/a"), lambda: rom.rmdir("/a"), lambda: rom.rename("/a", "/b")):
    try:
        change()
    except OSError as error:
        print(error.errno)
vfs.mount(rom, "/rom")
try:
    os.remove("/rom/a")
except OSError as error:
    print(error.errno)
