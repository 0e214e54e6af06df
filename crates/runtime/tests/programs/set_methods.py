# Sets and frozen sets.
a, b = {1, 2, 3}, {2, 3, 4}
for result in (a | b, a & b, a - b, a ^ b, a.union(b), a.intersection(b), a.difference(b), a.symmetric_difference([3, 9])):
    print(sorted(result))
print(a <= b, {2} < a, a >= {1}, a == {3, 2, 1}, a != b, a.issubset({1, 2, 3, 4}), a.issuperset([1]), a.isdisjoint([7]), 1 in a)
c = a.copy(); c.add(9); c.discard(1); c.discard(77); c.remove(2); c.update([5, 6]); print(sorted(c))
c |= {10}; c &= {5, 6, 10}; c -= {5}; c ^= {1}; print(sorted(c), len(c), bool(set()), set(), sorted(set("hello")))
f = frozenset([1, 2]); print(f == {1, 2}, hash(f) == hash(frozenset([2, 1])), {f: 1}[frozenset([1, 2])], sorted(f | {3}), frozenset())
for bad in (lambda: {1}.remove(5), lambda: set().pop(), lambda: {[]}, lambda: {1} | [2], lambda: f.add(1)):
    try:
        bad()
    except (KeyError, TypeError, AttributeError) as error:
        print(type(error).__name__, error)
