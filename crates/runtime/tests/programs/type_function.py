# type(): asking for types, and making classes.
print(type(1), type("a"), type(None), type(...), type([]) is list, type(type), type(int), type(lambda: 0), type(len), type(print))
C = type("C", (), {"x": 1, "f": lambda self: self.x + 1})
print(C, C().f(), C.__name__, C.x)
D = type("D", (C,), {}); print(D().f(), issubclass(D, C), D.__bases__)
print(isinstance(C, type), isinstance(C(), C), type(C()) is C, type(C) is type)
for bad in (lambda: type(), lambda: type("A", (5,), {}), lambda: type("A", (), 5), lambda: type(1, (), {})):
    try:
        bad()
    except TypeError as error:
        print(type(error).__name__)
class M:
    def __new__(cls, *args):
        print("new", cls.__name__, args)
        return super().__new__(cls)
    def __init__(self, *args):
        print("init", args)
M(1, 2)
class Other:
    def __new__(cls):
        return 42
print(Other())

# MicroPython differs: the type of Ellipsis has no name there.
