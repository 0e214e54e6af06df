# Every form of parameter and argument, and the errors of calling.
def show(*args, **kwargs):
    print(args, sorted(kwargs.items()))


show()
show(1, 2, x=3)
show(*[1, 2], *"ab", **{"k": 1})
show(0, *(), *range(2), 9, **{"a": 1}, b=2, **{"c": 3})


def defaults(a, b=2, c=3):
    return a, b, c


print(defaults(1), defaults(1, c=4), defaults(a=0, b=5), defaults(*[1, 2, 3]))


def keyword_only(a, *, b, c=3):
    return a, b, c


print(keyword_only(1, b=2), keyword_only(c=5, a=4, b=3))


def everything(a, b=2, *args, c, d=4, **kwargs):
    return a, b, args, c, d, sorted(kwargs.items())


print(everything(1, c=3))
print(everything(1, 5, 6, 7, c=3, e=8, f=9))
print(everything(*(1, 2, 3), **{"c": 4, "z": 5}))
print((lambda *a, k=1, **kw: (a, k, kw))(1, k=2, m=3))


def fails(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except TypeError as error:
        print("TypeError:", error)


fails(defaults)
fails(defaults, 1, 2, 3, 4)
fails(defaults, 1, a=2)
fails(defaults, 1, z=2)
fails(keyword_only, 1)
fails(keyword_only, 1, 2, b=3)
fails(len)
fails(len, 1, 2)
fails(5)
fails(print, bogus=1)


def mutable(x, seen=[]):
    seen.append(x)
    return seen


print(mutable(1), mutable(2), mutable(3, []))
order = []


def mark(x):
    order.append(x)
    return x


show(mark(1), *[mark(2)], k=mark(3), **{"l": mark(4)})
print(order)


class Callable:
    def __call__(self, *args, **kwargs):
        return len(args), len(kwargs)


print(Callable()(1, 2, a=3), callable(Callable()), callable(5))
print(max(1, 5, 3), min([4, 2], key=lambda v: -v), sorted("bca", reverse=True), int("ff", 16), "{a}".format(a=1))


def decorate(tag):
    def wrap(function):
        def inner(*args):
            return tag, function(*args)

        return inner

    return wrap


@decorate("outer")
@decorate("inner")
def decorated(x):
    return x


print(decorated(1))


def annotated(a: int, b: "str" = "x", *c: 1, d: list = None, **e: dict) -> tuple:
    return a, b, c, d, e


print(annotated(1))


def depth(n):
    return n if n == 0 else depth(n - 1)


print(depth(50))
try:
    depth(10**6)
except RuntimeError as error:
    print(type(error).__name__)
