# Attributes are looked up depth first, from left to right, and each class once.
class A:
    a = "A"
    x = "A"
class B(A):
    pass
class C(A):
    a = "C"
    c = "C"
class D(B, C):
    pass
print(D.a, D.c, D().x, [base.__name__ for base in D.__bases__])
class E(D, C):
    def who(self):
        return super().a
print(E().a, E().who(), E.__bases__ == (D, C))

# Sixty levels of the same class twice are sixty classes, not 2 ** 60 ways.
class Top:
    found = 1
many = Top
for n in range(60):
    many = type("M%d" % n, (many, many), {})
print(many.found, many().found, hasattr(many, "nothing"), hasattr(many(), "nothing"))
print(isinstance(many(), Top), issubclass(many, int), many() == 1, len(many.__bases__))
print([name for name in dir(many) if name == "found"])

# Built-in types among the bases.
class Text(A, str):
    pass
class More(C, Text):
    pass
print(More("abc").upper(), More("abc").a, isinstance(More("x"), str), issubclass(More, A))
try:
    type("Both", (Text, list), {})
except TypeError as error:
    print(error)

# Deeper than any limit of a loop.
deep = A
for n in range(1500):
    deep = type("Deep", (deep,), {})
print(deep.a, deep().x, issubclass(deep, A))
pairs = A
for n in range(100):
    pairs = type("Pair", (pairs, type("Other", (), {"n%d" % n: n})), {})
print(pairs.a, pairs.n0, pairs.n99)

# The same for what is in something twice.
nested = int
for n in range(60):
    nested = (nested, nested)
print(isinstance(1, nested), issubclass(int, nested))

# MicroPython does not end: it walks over a diamond of classes once for each way through.

# MicroPython differs: it lacks what Python has here.
