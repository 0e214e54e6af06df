# Operands that nobody means, in the order in which they are noticed.


def raised(work):
    try:
        return work()
    except Exception as error:
        return type(error).__name__, str(error)


def delete(container, index):
    del container[index]


class Slice:
    def __getitem__(self, index):
        return index


print(raised(lambda: delete([], 2**70)), raised(lambda: delete([], "a")), raised(lambda: delete([1], 5)))
for container in bytearray(b"abc"), memoryview(bytearray(b"abc")):
    for index in 0, 7, None, Slice()[0:2], Slice()[0:2:2], 2**70:
        print(raised(lambda: delete(container, index)), end=" ")
    print(bytes(container))


def generator():
    yield from range(3)


g = generator()
print(next(g), raised(lambda: g.send(5)), list(g))

print(raised(lambda: "{:s}".format(b"\xff")), "{:s}".format(b"ab"), raised(lambda: "a".encode(b"utf-8")))
print(raised(lambda: "%c" % b"a"), "%c" % "a", raised(lambda: (5).to_bytes(1, "little", True)))
print((5).to_bytes(2, "little"), (-5).to_bytes(2, "big", signed=True), raised(lambda: eval("1", 2)))


class Unsure(str):
    def __eq__(self, other):
        return NotImplemented


a, b = Unsure("a"), Unsure("a")
print(a == b, a != b, a == a, a == "a", "a" == a, "b" == a)

# An encoding of no text, a separator that is none, and what a slice of a bytearray is replaced by.
for make in bytes, bytearray:
    print(*(raised(lambda: make(source, 2)) for source in (None, object(), 1.5, 2, -1, [1], [300], 2**70, b"a")))
    print(*(raised(lambda: make(source)) for source in (None, object(), 1.5, "a", [None], [300], -1)))
for data in b"", b"a", b"abc", bytearray(b"abc"), memoryview(b"abc"):
    if hasattr(data, "hex"):
        print(*(raised(lambda: print(data.hex(*sep), end=" ")) for sep in ((), (":",), (b"-",), ("",), (b"",), (1,))))
print(raised(lambda: b"ab".hex("\xe9")), raised(lambda: b"ab".hex(b"\xff")))


def replaced(data, start, stop, value):
    data[start:stop] = value
    return data


for value in range(3), [], [65], (66, 67), {68}, (i for i in b"xy"), [1, 300], [None], 5, None, "a", b"z", bytearray(2):
    for start, stop in (1, 2), (2**70, None), (3, 1), (None, None):
        data = bytearray(b"abcd")
        print(raised(lambda: replaced(data, start, stop, value)), data, end=" ")
    print()
for value in [1, 2], b"ab", 5:
    print(raised(lambda: replaced(memoryview(bytearray(b"abcd")), 1, 3, value)), end=" ")
print()

# MicroPython differs: it puts any bytes into a string, compares the text inside of instances that do not know, reads a
# separator of hex() that is not there, ignores an encoding of what is no text, and gives no slice of a bytearray
# from beyond a word.
