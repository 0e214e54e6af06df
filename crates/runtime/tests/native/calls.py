# Functions of machine code: how they get their arguments, and what they are.


def plain(a, b=2, *rest, c, d=4, **more):
    return a, b, rest, c, d, sorted(more.items())


def two(a, b):
    return a - b


print(plain(1, c=3))
print(plain(1, 5, 6, 7, c=8, d=9, e=10, f=11))
print(plain(*[1, 2], **{"c": 3, "x": 4}))

for call in (
    lambda: plain(),
    lambda: plain(1),
    lambda: plain(1, c=2, a=3),
    lambda: two(1),
    lambda: two(1, 2, 3),
    lambda: two(1, b=2, x=3),
    lambda: two(1, 2, b=3),
):
    try:
        call()
    except TypeError as error:
        print("TypeError:", error)


for call in (lambda: two(1), lambda: two(1, 2, 3), lambda: two(1, x=3), lambda: two(b=1, a=5)):
    try:
        print(call())
    except TypeError as error:
        print("TypeError:", error)

print(two.__name__, two.__globals__ is globals(), callable(two))


# Closures, also of many variables and arguments, and of bytecode in machine code.
def counter(start, step):
    def count(*more, by=None):
        nonlocal start
        start += by or step
        return (start,) + more

    return count


count = counter(10, 5)
print(count(), count(1, 2), count(by=100), count(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, by=1))


def outer(a, b, c, d):
    @micropython.bytecode
    def inner(e, f=6):
        return a + b + c + d + e + f

    return inner


print(outer(1, 2, 3, 4)(5), outer(1, 2, 3, 4)(5, 0))


@micropython.bytecode
def maker(x):
    @micropython.native
    def made(y=1, *, z=2):
        return x, y, z

    return made


print(maker(0)(), maker(5)(6, z=7))


class Base:
    def __init__(self, value):
        self.value = value

    def method(self, *args):
        return self.value, args

    @classmethod
    def new(cls, value):
        return cls(value + 1)

    @staticmethod
    def free(x):
        return x * 2

    @property
    def doubled(self):
        return self.value * 2

    def __call__(self, x):
        return self.value + x

    def __getattr__(self, name):
        return "no " + name


class Derived(Base):
    def __new__(cls, value):
        return super().__new__(cls)

    def method(self, *args):
        return "derived", super().method(*args)


for cls in Base, Derived:
    thing = cls.new(3)
    print(thing.method(1, 2), thing.free(4), thing.doubled, thing(10), thing.missing)

print(sorted([3, 1, 2], key=lambda x: -x), list(map(two, [5, 6], [1, 2])))


# Recursion ends in an error.
def deep(n):
    return deep(n + 1)


try:
    deep(0)
except RuntimeError as error:
    print("RuntimeError:", error)
