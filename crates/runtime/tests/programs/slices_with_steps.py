# Slices with steps of all sequences: loaded, stored and deleted. The output is CPython's.
from array import array

for sequence in "abcdefghi", "aéb€c😀d", b"abcdefghi", (1, 2, 3, 4, 5), bytearray(b"abcdefghi"), array("h", [1, 2, 3, 4]):
    for part in slice(0, 9, 2), slice(None, None, -1), slice(7, 1, -3), slice(3, 2, 2), slice(-1, -100, -2), slice(1, 4, 100):
        print(sequence[part])

items = list(range(10))
items[::3] = "wxyz"
print(items)
items[8:2:-2] = [True, None, ...]
print(items)
del items[1::4]
print(items)
del items[::-2]
print(items)
del items[5:2:3]
print(items)
for values in [1], [1, 2, 3]:
    try:
        items[::2] = values
    except ValueError as error:
        print(error)

numbers = array("i", range(8))
del numbers[1]
del numbers[::3]
print(numbers)
numbers[::2] = array("i", [-1, -2])
print(numbers)
del numbers[1:3]
print(numbers)

text = bytearray(b"0123456789")
text[1:3] = [65, 66, 67]
text[::4] = b"xyz"
text[::-1] = text
print(text)
del text[3:6]
del text[::2]
print(text)
for index in 100, "a":
    try:
        del text[index]
    except (IndexError, TypeError) as error:
        print(type(error).__name__)

# MicroPython differs: it has none of this.

# Items that bytes without any are stored to are deleted.
text = bytearray(b"0123456789")
text[::3] = b""
print(text)
numbers = array("h", range(6))
numbers[::-2] = array("h")
print(numbers)
