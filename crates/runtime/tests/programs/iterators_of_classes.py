# The iterator protocol.
class Count:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return self
    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n
print(list(Count(3)), sum(Count(4)), 2 in Count(5), 9 in Count(5), max(Count(3)), tuple(Count(2)), sorted(Count(3)), dict(zip("ab", Count(2))))
a, *b = Count(4); print(a, b)
class Old:
    def __getitem__(self, i):
        if i > 3:
            raise IndexError
        return i * 10
print(list(Old()), 20 in Old(), [x for x in Old()], list(zip(Old(), "ab")))
class Reverse:
    def __reversed__(self):
        return iter("xyz")
print(list(reversed(Reverse())))
class Failing:
    def __iter__(self):
        return self
    def __next__(self):
        raise ValueError("in next")
for bad in (lambda: list(Failing()), lambda: [x for x in Failing()], lambda: list(5), lambda: iter(object())):
    try:
        bad()
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
it = iter([1, 2, 3]); print(next(it), list(it), iter(it) is it)
