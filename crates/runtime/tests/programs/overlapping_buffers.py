# Copies within one piece of memory, long enough that the order of a copy shows.

import array
import micropython

N = 5000


def pattern(n):
    return bytes(i * 7 + i // 256 & 255 for i in range(n))


# Memory views, by any distance, up and down.
for distance in (1, 3, 8, 64, 4096, N - 1):
    plain = pattern(N)
    up = bytearray(plain)
    view = memoryview(up)
    view[distance:] = view[:-distance]
    print(distance, up == plain[:distance] + plain[:-distance], end=" ")
    down = bytearray(plain)
    view = memoryview(down)
    view[:-distance] = view[distance:]
    print(down == plain[distance:] + plain[-distance:])

# The same in a bytearray whose slice is assigned, of the same length and of others.
for target, source in ((1, 0), (0, 1), (100, 0), (0, 100)):
    for more in (0, 1, 700, -1, -700):
        data = bytearray(pattern(N))
        part = bytes(data[source : source + 3000])
        expected = data[:target] + part + data[target + 3000 + more :]
        data[target : target + 3000 + more] = memoryview(data)[source : source + 3000]
        print(target, source, more, data == expected)

# Itself.
data = bytearray(pattern(N))
data[:] = data
print(data == pattern(N))
data[10:20] = data
print(data == pattern(N)[:10] + pattern(N) + pattern(N)[20:])
data = bytearray(pattern(N))
data.extend(data)
print(data == pattern(N) * 2)
data = bytearray(pattern(N))
data += memoryview(data)[5:]
print(data == pattern(N) + pattern(N)[5:])

# Arrays of larger items.
numbers = array.array("H", range(N))
view = memoryview(numbers)
view[1:] = view[:-1]
print(list(numbers[:4]), list(numbers[-3:]))
numbers = array.array("i", range(N))
numbers[2:] = numbers[:-2]
print(list(numbers[:5]), numbers[-1])
numbers.extend(numbers)
print(len(numbers), numbers[N], numbers[-1])

# A ring that is given its own memory to keep.
memory = bytearray(b"0123456789abcdef")
ring = micropython.RingIO(memory)
print(ring.write(memoryview(memory)[1:9]), ring.read(), memory[:9])
print(ring.write(memory, 4), ring.read())

# MicroPython differs: a bytearray assigned a part of itself is wrong there where that makes it shorter.
