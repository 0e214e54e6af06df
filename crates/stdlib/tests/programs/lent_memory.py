# Memory that a file lends stays there when the file is closed, or forgotten.
import gc
import vfs

IMAGE = b"\xd2\xcd1\x80\x0f\x05\r\x05a.txt\x02\x05hello"
image = bytes(memoryview(IMAGE))
rom = vfs.VfsRom(image)
with rom.open("/a.txt", "rb") as file:
    view = memoryview(file)
    part = view[1:3]
image = rom = file = None
gc.collect()
print(bytes(view), bytes(part), len(view))
try:
    view[0] = 1
except TypeError as error:
    print(error)

image = bytearray(IMAGE)
file = vfs.VfsRom(image).open("/a.txt", "rb")
view = memoryview(file)
print(bytes(view))
file.close()
try:
    print(bytes(view))
except (OSError, TypeError, ValueError) as error:
    print(type(error).__name__)

# MicroPython differs: it takes a bytes object for a buffer to write to.
