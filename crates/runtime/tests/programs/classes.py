# Classes: inheritance, super, properties, operators, native bases.
class Base:
    shared = []

    def __init__(self, x):
        self._x = x

    @property
    def x(self):
        return self._x

    @x.setter
    def x(self, value):
        self._x = value * 2

    @classmethod
    def make(cls, x):
        return cls(x)

    @staticmethod
    def double(x):
        return x * 2

    def __repr__(self):
        return "%s(%r)" % (type(self).__name__, self._x)


class Mixin:
    def hello(self):
        return "hello from " + type(self).__name__


class Child(Base, Mixin):
    def __init__(self, x):
        super().__init__(x + 1)

    def __add__(self, other):
        return Child(self._x + other)

    def __radd__(self, other):
        return "radd", other

    def __eq__(self, other):
        return isinstance(other, Child) and self._x == other._x

    def __hash__(self):
        return hash(self._x)

    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i * 10

    def __getattr__(self, name):
        if name.startswith("dyn_"):
            return name[4:]
        raise AttributeError(name)


c = Child.make(1)
print(c, c.x, c.double(4), c.hello(), c + 1, 1 + c, c == Child(1), c != Child(2), list(c), c.dyn_y)
c.x = 10
print(c.x, {c: 1}[c], hasattr(c, "nope"), issubclass(Child, Mixin))


class Stack(list):
    def push(self, x):
        self.append(x)

    def __len__(self):
        return 100 + super().__len__()


s = Stack([1, 2])
s.push(3)
print(len(s), s[0], s == [1, 2, 3], sum(s))


class Oops(ValueError):
    def __init__(self, code):
        super().__init__("code", code)
        self.code = code


try:
    raise Oops(7)
except ValueError as e:
    print(type(e).__name__, e.code, e.args)


class Desc:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, obj, cls):
        return "got " + self.name


class Owner:
    field = Desc()


print(Owner().field)
