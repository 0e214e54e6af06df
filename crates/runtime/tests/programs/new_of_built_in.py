# What `__new__` of a built-in type makes of its arguments.
# MicroPython differs: only object and exceptions have __new__ there.
class I(int):
    def __new__(cls, x):
        return super().__new__(cls, x)
print(I(5) + 1, I("7"), int.__new__(int, "5"), int.__new__(I, 6))
class S(str):
    def __new__(cls, a, b):
        o = str.__new__(cls, a + b)
        o.b = b
        return o
s = S("x", "y")
print(s, len(s), s.b, isinstance(s, S))
class F(float):
    def __new__(cls, v, unit):
        o = super().__new__(cls, v)
        o.unit = unit
        return o
    def __init__(self, v, unit):
        super().__init__()
        self.more = 1
f = F("1.5", "m")
print(f + 1, f.unit, f.more)
class B(bytes):
    def __new__(cls, n):
        return super().__new__(cls, [n] * 3)
print(B(65))
class T(tuple):
    def __new__(cls, *items):
        return super().__new__(cls, items)
print(T(1, 2, 3), len(T(1)), T(4)[0])
class FS(frozenset):
    def __new__(cls, *items):
        return super().__new__(cls, items)
print(len(FS(1, 2, 2)))
class L(list):
    def __new__(cls, *a):
        o = super().__new__(cls, *a)
        o.tag = len(o)
        return o
l = L([1, 2])
print(l, l.tag)
class L2(list):
    def __new__(cls, *a):
        o = super().__new__(cls)
        o.append(9)
        return o
    def __init__(self, *a):
        super().__init__(a)
print(L2(1, 2))
class D(dict):
    def __new__(cls, *a, **k):
        o = super().__new__(cls)
        return o
    def __init__(self, *a, **k):
        super().__init__(*a, **k)
        self["z"] = 1
d = D(a=2)
print(sorted(d.items()))
class D2(dict):
    def __new__(cls, *a, **k):
        return super().__new__(cls, *a, **k)
print(D2({1: 2}), D2(x=3))
class E(Exception):
    def __new__(cls, *a):
        o = super().__new__(cls, *a)
        o.n = len(a)
        return o
e = E(1, 2)
print(e.args, e.n)
from collections import namedtuple
class P(namedtuple("P", "x y")):
    def __new__(cls, x, y=5):
        return super().__new__(cls, x, y)
p = P(1)
print(p, p.x, p.y)
class Plain:
    def __new__(cls, *a, **k):
        o = super().__new__(cls)
        o.a = a
        return o
print(Plain(1, k=2).a)
print(list.__new__(list, [1, 2]), str.__new__(str, 5), tuple.__new__(tuple, [1]))
class K(int):
    def __new__(cls, *a, **k):
        return int.__new__(cls, *a)
    def __init__(self, x, name=None):
        self.name = name
k = K(3, name="n")
print(k, k.name)
try:
    object.__new__(int)
except TypeError:
    print("TypeError")
