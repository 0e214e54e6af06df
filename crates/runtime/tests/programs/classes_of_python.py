# What Python has of classes and MicroPython leaves out. The output is CPython's.
class A:
    def __init__(self):
        print("A")


class B(A):
    def __init__(self):
        print("B")
        super().__init__()


class C(A):
    def __init__(self):
        print("C")
        super().__init__()


class D(B, C):
    def __init__(self):
        print("D")
        super().__init__()


class E(D):
    pass


E()
print([kind.__name__ for kind in E.__mro__], [kind.__name__ for kind in bool.__mro__])


class Base:
    def __init_subclass__(cls, tag=None, **rest):
        super().__init_subclass__(**rest)
        cls.tag = tag
        print("new", cls.__name__, tag)


class Plain(Base):
    pass


class Tagged(Base, tag="x"):
    pass


class Below(Tagged, tag=3):
    def method(self):
        return self.tag


print(Below().method(), type(Below.__init_subclass__).__name__.endswith("method"))
try:
    class Wrong(A, other=1):
        pass
except TypeError as error:
    print("TypeError")


class Meta(type):
    pass


def make(name, bases, names, **rest):
    return name, bases, sorted(rest)


class Made(metaclass=make, option=1):
    pass


print(Made)


class Text(str):
    pass


class Shown:
    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


print(type(str(Shown(Text("abc")))).__name__, str(Shown("x")))
for text in True, None, b"":
    try:
        print(str(Shown(text)))
    except TypeError as error:
        print(error)


# A container that a class derives from is there before its __init__ is called.
class Stack(list):
    def __init__(self, *items):
        for item in items:
            self.append(item)


class Counts(dict):
    def __init__(self, text):
        for letter in text:
            self[letter] = self.get(letter, 0) + 1


class Number(int):
    def __init__(self, value):
        self.double = self * 2


print(Stack(1, 2), Counts("hello"), Number(7).double, Number(7) + 1)


class Listed:
    def __dir__(self):
        return "cab"


print(dir(Listed()), [name for name in dir(Shown("")) if not name.startswith("__")])
print(isinstance(True, int), issubclass(bool, int), True.to_bytes(1, "big"), (255).bit_length(), (-1 << 70).bit_length(), (7).bit_count())


def function(a, b=1):
    pass


function.calls = 0
function.calls += 1
print(function.calls, function.__module__, function.__qualname__, function.__dict__, function.__doc__)
function.__name__ = "renamed"
print(function.__name__)
del function.calls
print(hasattr(function, "calls"), hasattr(len, "calls"))


def counted(inner):
    def wrapper(*args):
        wrapper.count += 1
        return inner(*args)

    wrapper.count = 0
    return wrapper


first, second = counted(max), counted(min)
first(1, 2), first(3, 4), second(1, 2)
print(first.count, second.count)
print(vars(Shown("v")), Shown.__str__ is Shown.__str__)

# MicroPython differs: it has none of this.


# A length is an int, and not negative.
def length(answer):
    class Long:
        def __len__(self):
            return answer

    try:
        return len(Long())
    except (TypeError, ValueError) as error:
        return type(error).__name__


print([length(answer) for answer in (3, 0, True, -1, 0.5, "3", None)])
