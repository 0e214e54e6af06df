# Viper's types, and how values pass between it and everything else.
import array


@micropython.viper
def add(a: int, b: int) -> int:
    return a + b


@micropython.viper
def types(a: int, b: uint, c: bool, d, e: object):
    return a, b, bool(c), d, e


print(add(2, 3), add(-1, True), add(1 << 40, 1))
print(types(-1, 0xFFFF_FFFF_FFFF_FFFF, 5, None, [1]))
for arguments in (1,), (1, 2, 3), ("a", 1), (None, 2):
    try:
        print(add(*arguments))
    except TypeError as error:
        print("TypeError:", error)
try:
    add(1, b=2)
except TypeError as error:
    print("TypeError:", error)


@micropython.viper
def unsigned(a: int) -> uint:
    return uint(a)


print(unsigned(-1), unsigned(5))


@micropython.viper
def fill8(data: ptr8, n: int, value: int):
    for i in range(n):
        data[i] = value + i


@micropython.viper
def sum16(data: ptr16, n: int) -> int:
    total = 0
    for i in range(n):
        total += data[i]
    return total


@micropython.viper
def double32(data: ptr32, n: int):
    i = 0
    while i < n:
        data[i] = data[i] * 2
        i += 1


data = bytearray(6)
fill8(data, 6, 10)
print(data)
print(sum16(array.array("H", [1, 2, 0xFFFF]), 3), sum16(b"\x01\x00\x02\x00", 2))
words = array.array("i", [1, -2, 3])
double32(words, 3)
print(words)


@micropython.viper
def address(data: ptr8) -> int:
    return int(data)


@micropython.viper
def at(data: ptr8, n: int) -> int:
    return data[n]


print(at(address(data), 2), address(data) == address(data))


@micropython.viper
def arithmetic(a: int, b: int):
    return a // b, a % b, a * b, a - b, a << 2, a >> 1, a & b, a | b, a ^ b, -a, ~a


print(arithmetic(17, 5))
print(arithmetic(-17, 5))
print(arithmetic(17, -5))


@micropython.viper
def compare(a: int, b: int):
    return a < b, a <= b, a == b, a != b, a >= b, a > b, a and b, a or b


print(compare(1, 2), compare(2, 1), compare(-1, -1))

base = 1000


@micropython.viper
def uses_globals(n: int):
    global base
    base = int(base) + n
    return base


print(uses_globals(1), uses_globals(2), base)


@micropython.viper
def calls(f, n: int):
    result = []
    for i in range(n):
        result.append(f(i, i + 1))
    return result


print(calls(add, 3), calls(lambda a, b: (a, b), 2), calls(max, 2))


@micropython.viper
def many(a, b, c, d, e, f, g: int):
    return a, b, c, d, e, f, g


print(many(1, 2, 3, 4, 5, 6, 7))


@micropython.viper
def iterates(items) -> object:
    total = 0
    for item in items:
        total += int(item)
    return str(total)


print(iterates([1, 2, 3]), iterates({4: 5}), iterates(x for x in (6, 7)))


class Thing:
    pass


@micropython.viper
def objects(thing, n: int):
    thing.attribute = n
    thing.list = [n, n + 1]
    thing.list[0] = n * 2
    return thing.attribute, thing.list, str(n), len(thing.list)


print(objects(Thing(), 21))


@micropython.viper
def constants():
    return 1 << 70, "text", b"bytes", (1, 2), 0.5, ...


print(constants())


@micropython.viper
def pointer_types(a: ptr, b: ptr8):
    return str(int(a) == int(b))


print(pointer_types(data, data))
