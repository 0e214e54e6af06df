# Order and equality of ints with each other, with bools and with floats.
values = [-(1 << 70), -1, 0, 1, True, 1.0, 1.5, 1 << 62, 1 << 70]
for a in values:
    print([a < b for b in values], [a == b for b in values], [a >= b for b in values])
print(hash(1) == hash(True), 1 is 1, True is True, {1: "a", True: "b"})
print(max(values), min(values), sorted([3, -1, 1 << 65, 0]))
try:
    1 < "a"
except TypeError as error:
    print(error)
