# Classes: attributes, methods, inheritance, special methods, properties, descriptors.
class Point:
    """A point."""

    count = 0

    def __init__(self, x, y=0):
        self.x = x
        self.y = y
        Point.count += 1

    def __repr__(self):
        return "Point(%r, %r)" % (self.x, self.y)

    def __eq__(self, other):
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)

    def __hash__(self):
        return hash((self.x, self.y))

    def __add__(self, other):
        if not isinstance(other, Point):
            return NotImplemented
        return Point(self.x + other.x, self.y + other.y)

    def __radd__(self, other):
        return Point(self.x + other, self.y + other)

    def __neg__(self):
        return Point(-self.x, -self.y)

    def __bool__(self):
        return bool(self.x or self.y)

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __contains__(self, value):
        return value in (self.x, self.y)

    def __lt__(self, other):
        return (self.x, self.y) < (other.x, other.y)

    def __iadd__(self, other):
        self.x += other
        return self

    @property
    def norm(self):
        return self.x * self.x + self.y * self.y

    @norm.setter
    def norm(self, value):
        self.x, self.y = value, 0

    @classmethod
    def origin(cls):
        return cls(0)

    @staticmethod
    def dimensions():
        return 2


p = Point(1, 2)
print(p, p == Point(1, 2), p != Point(1, 3), p + Point(1, 1), 5 + p, -p, bool(Point(0)), len(p), p[1], 2 in p, 7 in p)
p += 10
print(p, p.norm, p < Point(99), sorted([Point(3), Point(1), Point(2)]))
p.norm = 3
print(p, Point.origin(), p.dimensions(), Point.dimensions(), {Point(1): "one"}[Point(1)])
print(Point.count > 5, p.count == Point.count)
try:
    p + "a"
except TypeError as error:
    print(error)
try:
    p.missing
except AttributeError as error:
    print(error)
del p.x
print(hasattr(p, "x"), hasattr(p, "y"), getattr(p, "x", "default"))
setattr(p, "x", 1)
print(p.x, isinstance(p, (int, Point)), type(p) is Point, type(p).__name__)


class Base:
    def __init__(self, *args):
        self.args = args

    def who(self):
        return "Base"

    def template(self):
        return self.who() + "!"


class Left(Base):
    def who(self):
        return "Left<" + super().who() + ">"


class Right(Base):
    def who(self):
        return "Right<" + super().who() + ">"


class Both(Left, Right):
    def __init__(self, *args):
        super().__init__(*args, "both")


b = Both(1)
print(b.who(), b.template(), b.args, isinstance(b, Right), issubclass(Both, Base), Both.__bases__ == (Left, Right))


class Attributes:
    def __init__(self):
        self.known = 1

    def __getattr__(self, name):
        if name.startswith("auto_"):
            return name[5:]
        raise AttributeError(name)


a = Attributes()
print(a.known, a.auto_x, hasattr(a, "nope"))


class Iterable:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        self.i = 0
        return self

    def __next__(self):
        if self.i == self.n:
            raise StopIteration
        self.i += 1
        return self.i


print(list(Iterable(3)), sum(Iterable(4)), tuple(Iterable(0)), dict(zip(Iterable(2), "ab")))
a, *b = Iterable(3)
print(a, b)


class Indexed:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i * i


print(list(Indexed()), 4 in Indexed())


class MyList(list):
    def __init__(self, *items):
        super().__init__(items)

    def total(self):
        return sum(self)

    def append(self, item):
        super().append(item * 2)


m = MyList(1, 2)
m.append(3)
print(m, m.total(), len(m), m[-1], isinstance(m, list))


class MyError(ValueError):
    def __init__(self, code):
        super().__init__("code %d" % code)
        self.code = code


try:
    raise MyError(7)
except ValueError as error:
    print(repr(error), error.code, str(error))

Dynamic = type("Dynamic", (Base,), {"extra": 5, "double": lambda self: self.extra * 2})
d = Dynamic()
print(d.extra, d.double(), d.who(), Dynamic.__name__)
bound = d.double
d.extra = 50
print(bound())


class Call:
    def __call__(self, x):
        return x + 1


print(list(map(Call(), range(3))), [method.__name__ for method in (Base.who, b"".join and Base.template)])


class Context:
    class Nested:
        value = [i * 2 for i in range(3)]

    x = 1
    y = x + 1
    if y > 1:
        z = "conditional"
    for w in range(2):
        pass


print(Context.Nested.value, Context.y, Context.z, Context.w)
