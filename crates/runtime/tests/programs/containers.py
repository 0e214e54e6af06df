# Containers: order, sharing, slices, sorting, and keys that programs define.
class Key:
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return self.value % 3

    def __eq__(self, other):
        return isinstance(other, Key) and self.value == other.value

    def __repr__(self):
        return "Key(%d)" % self.value


d = {}
for i in range(20):
    d[Key(i)] = i
for i in range(0, 20, 3):
    del d[Key(i)]
print(len(d), d[Key(7)], Key(9) in d, list(d)[:5])
d = {i: str(i) for i in range(40)}
for i in range(0, 40, 2):
    d.pop(i)
print(len(d), list(d.items())[:3], d.popitem(), sum(d))
s = set(range(20))
s -= {1, 2, 3}
s ^= set(range(15, 25))
print(sorted(s), s & {5, 6}, s | {50} > {50})
print(sorted(["b", "a", "C", "aa"], key=str.lower), sorted(range(20), key=lambda x: -x % 7))
items = list(range(10))
items[2:5] = [9]
items[:0] = [1, 1]
del items[-2:]
print(items, items[::-1], items[1:8:3])
try:
    items[::2] = [1]
except ValueError as error:
    print(error)
print(list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(zip("ab", [1, 2], (3, 4))), list(filter(None, [0, 1, 2])))
print(list(enumerate("ab", 5)), list(reversed([1, 2, 3])))
print(frozenset([1, 2]) == frozenset([2, 1]), {1, 2} <= {1, 2, 3}, (1, 2) + (3,) * 2, (1, 2) < (1, 3), [1, 2] < [1, 2, 3])

# MicroPython differs: its dicts and sets have no order of insertion, and its sort is not stable.
