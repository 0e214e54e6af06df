# Sorting is stable, with keys, downwards, and survives what keys do.
pairs = [(2, "a"), (1, "b"), (2, "c"), (1, "d"), (0, "e")]
print(sorted(pairs, key=lambda p: p[0]), sorted(pairs, key=lambda p: p[0], reverse=True))
print(sorted(range(30), key=lambda x: x * 7 % 30), sorted("b a C".split()))
print(sorted([1.5, 1, 0.5, True]), sorted([(1, 2), (1,), ()]), sorted([[3], [1, 2]]), sorted(["b", "a", "aa"]), sorted({3, 1, 2}))
class Item:
    def __init__(self, n):
        self.n = n
    def __lt__(self, other):
        return self.n < other.n
    def __repr__(self):
        return "I%d" % self.n
print(sorted([Item(3), Item(1), Item(2)]), sorted([Item(2), Item(1)], reverse=True))
l = [3, 1, 2]
def broken(x):
    raise ValueError("key")
for bad in (lambda: l.sort(key=broken), lambda: [1, "a"].sort(), lambda: sorted(5), lambda: l.sort(1)):
    try:
        bad()
    except (ValueError, TypeError) as error:
        print(type(error).__name__)
print(sorted(l), [] == sorted([]))

# MicroPython differs: its sort is not stable.
