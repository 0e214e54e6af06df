# Items of bytes, byte arrays and dicts, and stores there, in machine code and where that is left.
# MicroPython differs: its dicts keep no order.


def total(data, n):
    s = 0
    for i in range(n):
        s += data[i]
        s += data[i - n] * 2
    return s


for data in (b"\x00\x01\x7f\x80\xff" * 8, bytearray(range(40)), [5] * 40, (7,) * 40):
    print(total(data, 40))
for data in (b"abc", bytearray(3), [1, 2], (1,)):
    try:
        total(data, 4)
    except IndexError:
        print("IndexError", type(data))
try:
    total({}, 1)
except KeyError as error:
    print("KeyError", error)


def fill(data, values):
    i = 0
    for value in values:
        data[i] = value
        data[-1 - i] = value
        i += 1
    return data


print(fill(bytearray(12), [0, 1, 127, 128, 255]))
print(fill([0] * 6, [1, None, "x"]))
for value in (256, -1, 1 << 70, "a", 1.5):
    for late in (0, 4):
        try:
            fill(bytearray(20), [1] * late + [value])
            print("stored")
        except (ValueError, TypeError, OverflowError):
            print("refused", value)
try:
    fill(bytearray(3), [1] * 4)
except IndexError:
    print("IndexError")
try:
    fill(b"abc", [1])
except TypeError:
    print("TypeError")


def grow(n):
    data = bytearray()
    for i in range(n):
        data.append(i & 0xFF)
        data[i] = data[i] ^ 1
        if i == 20:
            data = data[:21]
    return data


print(grow(40))


def count(keys, counts):
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return counts


long = "w" * 40
keys = ["a", "b", "w" * 20 + "w" * 20, "a", long, "c" + "d", "cd", 1, True, 1.0, 2, 1 << 80, None, (1, 2), (1, 2)]
print(count(keys * 3, {}))
print(count(["k%d" % (i % 30) for i in range(100)], {})["k9"])
print(count([i % 20 for i in range(100)] + [True, 2.0, 3], {}))


class Key:
    def __init__(self, value):
        self.value = value
        self.asked = 0

    def __hash__(self):
        return hash(self.value)

    def __eq__(self, other):
        self.asked += 1
        return self.value == (other.value if isinstance(other, Key) else other)


def look(d, keys):
    found = []
    for key in keys:
        if key in d:
            found.append(d[key])
    return found


print(look({Key(3): "three", "x": 1}, [3, Key(3), "x", 4] * 4))
print(look({i: i * i for i in range(20)}, [Key(4), 5, 5.0, "5", False] * 3))


def missing(d, keys):
    n = 0
    for key in keys:
        try:
            d[key]
        except KeyError:
            n += 1
        except TypeError:
            n += 100
    return n


print(missing({"a": 1, 2: 3}, ["a", 2, 2.0, "b", 3, [], None] * 4))


def change(d):
    # A value is null nowhere, and deleting is no store.
    for i in range(30):
        d[i & 3] = i
        if i % 7 == 6:
            del d[i & 3]
    return d


print(change({0: 0, 1: 1, 2: 2, 3: 3}))
