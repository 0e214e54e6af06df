# map, filter, zip, enumerate, sorted, any, all, sum, min, max.
print(list(map(lambda x: x * 2, [1, 2])), list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])), list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x > 1, range(4))))
print(list(zip([1, 2], "abc")), list(zip()), list(zip([1])), list(enumerate("ab")), list(enumerate("ab", 5)), list(enumerate("a", start=-1)))
print(sorted([3, 1, 2]), sorted("cab", reverse=True), sorted([-3, 2, 1], key=abs), sorted({"b": 1, "a": 2}), sorted([]))
print(any([0, 1]), any([]), all([1, 0]), all([]), sum([1, 2]), sum([1.5, 2], 10), sum([[1], [2]], []))
print(min(3, 1, 2), max([1, 3, 2]), min("b", "a"), max([], default=0), min([-3, 2], key=abs), max("ab", "b", key=len))
print(list(reversed([1, 2, 3])), list(reversed("ab")), abs(-3), divmod(7, 2), pow(2, 3), round(2.567, 1), chr(97), ord("a"), chr(8364))
print(callable(len), callable(1), callable(lambda: 0), isinstance(1, (str, int)), issubclass(bool, int), id(print) == id(print))
it = iter([1, 2]); print(next(it), next(it), next(it, "end"), next(iter([]), None))
for bad in (lambda: next(iter([])), lambda: max([]), lambda: sum(["a"]), lambda: ord("ab"), lambda: iter(5), lambda: next(5)):
    try:
        bad()
    except (StopIteration, ValueError, TypeError) as error:
        print(type(error).__name__, error)

# MicroPython differs: it lacks what Python has here.
