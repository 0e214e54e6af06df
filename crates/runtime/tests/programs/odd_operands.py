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

# MicroPython differs: it puts any bytes into a string, and compares the text inside of instances that do not know.
