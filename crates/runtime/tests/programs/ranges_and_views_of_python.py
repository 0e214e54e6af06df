# Arrays refuse ints that do not fit, views have steps, keys are asked for their hash, and floats have few digits.
# MicroPython differs: it has none of that.
from array import array


def attempt(action):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__)


numbers = {code: array(code, [1, 2, 3]) for code in "bBhHiIqQ"}


def store(code, value):
    items = numbers[code]
    items[1] = value
    return items


for code, items in sorted(numbers.items()):
    bits = items.itemsize * 8 if hasattr(items, "itemsize") else {"b": 8, "h": 16, "i": 32, "q": 64}[code.lower()]
    low, high = (0, 2**bits - 1) if code.isupper() else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    for value in (low, high, low - 1, high + 1, 2**70):
        attempt(lambda: store(code, value))
        attempt(lambda: items.append(value))
    attempt(lambda: items.extend([0, high + 1]))
    print(len(items))
attempt(lambda: store("b", 1.5))
attempt(lambda: store("b", True))

# A view with steps shows and changes the items that it selects.
data = bytearray(b"abcdefghij")
view = memoryview(data)
for part in (view[::2], view[::-1], view[1::3], view[8:2:-2], view[::-1][2:5], view[::2][::2], view[9:0:-4][::-1], view[5:5:2]):
    print(len(part), bytes(part), list(part), part == bytes(part), part == b"ace")
print(view[::3][2], view[::-2][-1])
attempt(lambda: view[::3][4])
evens = view[::2]
evens[0] = 65
evens[1:3] = b"XY"
print(data)
view[::2] = b"12345"
print(data)
view[::-1] = bytes(view)
print(data)


def wrong():
    view[::2] = b"1"


attempt(wrong)
halves = memoryview(array("H", [1, 2, 3, 4, 5, 600]))
print(list(halves[::2]), list(halves[::-2]), len(bytes(halves[1::4])), halves[::5][1])
print(sum(memoryview(b"\x01\x02\x03\x04")[::-3]))

# A key that has no hash is refused where there is nothing to compare it with, too.
for container in (set(), {}, frozenset(), {1}, {1: 2}):
    attempt(lambda: [1] in container)
attempt(lambda: {}.get([]))
attempt(lambda: {}[{}])
attempt(lambda: set().discard([]))

for value in (5e-324, 2.0**-44, 2.0**-1022, 9007199254740993.0, 1e22, 1e23, 0.1 + 0.2, 1 / 3, 123456789.0, 1e16, 1e15, 1.5e-5, 0.0001):
    print(value, repr(-value), "{}".format(value), float(repr(value)) == value)
print(complex(2.0**-44, -0.5))


def deeper():
    return deeper()


attempt(deeper)
try:
    deeper()
except RuntimeError as error:
    print(isinstance(error, RecursionError))
