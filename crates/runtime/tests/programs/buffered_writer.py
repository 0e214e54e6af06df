# What a stream does not take stays in the buffer, and is told of.
import io
import micropython


class Slow(io.IOBase):
    # Takes as many bytes at a time as it is told to, then all.
    def __init__(self, *counts):
        self.counts = list(counts)
        self.taken = b""

    def write(self, data):
        count = self.counts.pop(0) if self.counts else len(data)
        if isinstance(count, Exception):
            raise count
        if count and count > 0:
            self.taken += bytes(data[:count])
        return count


def attempt(function, *args):
    try:
        return function(*args)
    except OSError as error:
        return "OSError", error.errno
    except Exception as error:
        return type(error).__name__


for counts in (1, 0), (1, None), (0,), (None,), (3, -5), (2, ValueError()), (-11,), (1, 1, 1, 1, 1):
    slow = Slow(*counts)
    writer = io.BufferedWriter(slow, 16)
    print(counts[0], attempt(writer.write, b"abcdefgh"), slow.taken)
    print(" ", attempt(writer.flush), slow.taken)
    print(" ", attempt(writer.write, "ij"), slow.taken, attempt(writer.flush), slow.taken)

# A buffer that is full takes what there is room for.
slow = Slow(2, None, None, None, None)
writer = io.BufferedWriter(slow, 4)
print([attempt(writer.write, b"abcdefgh"), attempt(writer.write, b"gh"), slow.taken])
print([attempt(writer.write, b"gh"), attempt(writer.flush), slow.taken])

# A ring has no more room than it has.
ring = micropython.RingIO(5)
writer = io.BufferedWriter(ring, 8)
print(writer.write(b"abcdefg"), attempt(writer.flush), ring.read(), attempt(writer.flush), ring.read())

# What prints has no buffer: it is told, but for methods that answer nothing.
for counts in (1, 0), (1, None), (0,), (2, -5), (None, None, None):
    slow = Slow(*counts)
    print(attempt(lambda: print("hello", 1, file=slow)), slow.taken)


class Nested(io.IOBase):
    # Writes to the buffer that writes to it.
    def __init__(self):
        self.taken = b""

    def write(self, data):
        if not self.taken:
            writer.write(b"again")
        self.taken += bytes(data)
        return len(data)


nested = Nested()
writer = io.BufferedWriter(nested, 8)
print(writer.write(b"abc"), attempt(writer.flush), nested.taken, attempt(writer.flush), nested.taken)

# MicroPython differs: this port has no io.BufferedWriter.
