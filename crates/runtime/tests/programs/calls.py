# Calls: defaults, keywords, starred arguments, closures, recursion.
def f(a, b=2, *rest, c=3, **more):
    return a, b, rest, c, sorted(more.items())


print(f(1))
print(f(1, 5, 6, 7, c=8, d=9))
print(f(*[1, 2, 3], **{"c": 4, "z": 5}))
for bad in (lambda: f(), lambda: f(1, a=2), lambda: (lambda x: x)(1, 2), lambda: (lambda *, k: k)()):
    try:
        bad()
    except TypeError as e:
        print(e)


def counter():
    n = 0

    def count(step=1):
        nonlocal n
        n += step
        return n

    return count


c, d = counter(), counter()
print(c(), c(5), d(), c())


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print([fib(n) for n in range(12)])


class Callable:
    def __call__(self, *args):
        return args


print(Callable()(1, 2), list(map(Callable().__call__, "ab")))
