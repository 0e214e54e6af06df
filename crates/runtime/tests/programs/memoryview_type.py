# Memory views: parts of memory without copies.
buffer = bytearray(b"0123456789")
view = memoryview(buffer)
print(len(view), view[0], view[-1], bytes(view[2:5]), list(view[:3]), view == buffer, view[2:4] == b"23")
view[0] = 65; view[1:3] = b"xy"
part = view[5:]
part[0] = 90
print(buffer, bytes(part), bytes(part[1:][1:]), len(part), view.itemsize, part.hex())
import array
numbers = array.array("H", [1, 2, 3])
wide = memoryview(numbers)
wide[1] = 500
print(numbers, len(wide), wide[1], list(wide), wide.itemsize)
for bad in (lambda: memoryview(5), lambda: view[100], lambda: memoryview("b")[5]):
    try:
        bad()
    except (TypeError, IndexError) as error:
        print(type(error).__name__)
try:
    memoryview(b"abc")[0] = 1
except TypeError as error:
    print(error)

# MicroPython differs: this port has no memoryview.itemsize.
