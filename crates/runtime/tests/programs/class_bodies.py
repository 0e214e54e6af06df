# Class bodies that only define, and such that do more: all the same to who uses the class, whenever its body runs.


class Plain:
    size = 3
    names = ("a", "b")
    text = "a longer string than names are"
    ratio = 2.5
    nothing = None
    yes, no = True, False
    items = []

    def __init__(self, x=7):
        self.x = x

    def double(self, by=2, *rest, key=None):
        return self.x * by

    def make(self):
        def inner():
            return [self.x + i for i in range(3)]

        return inner

    @staticmethod
    def fixed(a):
        return a + 1

    @classmethod
    def named(cls):
        return cls.__name__

    @property
    def area(self):
        return self.x**2


print(Plain, Plain.__name__, isinstance(3, Plain))
plain = Plain()
print(plain.double(), plain.double(3), plain.make()(), Plain.fixed(1), Plain.named(), plain.area)
print(Plain.size, Plain.names, Plain.text, Plain.ratio, Plain.nothing, Plain.yes, Plain.no)
print(Plain.items is Plain.items, Plain.double is Plain.double)
try:
    plain.area = 5
except AttributeError:
    print("no setter")


# What decorators mean is decided where the class is.
class Early:
    @staticmethod
    def f():
        return "early"

    @property
    def p(self):
        return "property"


def staticmethod(function):
    return "mine"


property = classmethod


class Late:
    @staticmethod
    def f():
        return "late"

    @property
    def p(cls):
        return cls.__name__


print(Early.f(), Early().p, Late.f, Late().p())
del staticmethod, property


# A first use of any kind.
class A:
    def f(self):
        return "A.f"


class B(A):
    def f(self):
        return "B.f " + A.f(self)


class C:
    def g(self):
        return "C.g"


class D(B, C):
    __slots__ = ("one", "two")


print(D().f(), D().g(), D.__bases__ == (B, C))


class E:
    value = 1


E.value += 1
E.other = 5
print(E.value, E().other)


class F:
    value = 1


del F.value
print(hasattr(F, "value"))


class G:
    def h(self):
        pass


print("h" in dir(G), "h" in G.__dict__)


class Once:
    def __new__(cls, *args):
        print("new", args)
        return object.__new__(cls)

    def __init__(self, *args):
        print("init", args)


Once(1, 2)


class Raised(Exception):
    def __str__(self):
        return "raised: " + str(self.args[0])


try:
    raise Raised("so")
except Raised as error:
    print(error)


class Numbers(list):
    def total(self):
        return sum(self)


print(Numbers([1, 2, 3]).total())


class Guarded:
    def __setattr__(self, name, value):
        print("set", name)
        object.__setattr__(self, name, value)


class More(Guarded):
    pass


more = More()
more.x = 1
print(more.x)


# Bodies that do more run where they are.
log = []


class Busy:
    log.append("body")
    double = [i * 2 for i in range(3)]

    class Inner:
        def f(self):
            return "inner"

    def f(self):
        return __class__.__name__


print(log, Busy.double, Busy.Inner().f(), Busy().f())


def decorated(function):
    log.append(function.__name__)
    return function


class Decorated:
    @decorated
    def f(self):
        return 1

    called = (lambda a: log.append(a))("now")


print(log)


def local():
    class Local:
        def f(self):
            return "local"

    return Local


print(local() is local(), local()().f())


class Empty:
    pass


empty = Empty()
empty.x = 1
print(empty.x, Empty.__name__)
