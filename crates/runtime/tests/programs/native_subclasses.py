# Classes derived from built-in types.
class L(list):
    def total(self):
        return sum(self)
    def append(self, x):
        super().append(x * 2)
l = L([1, 2]); l.append(3); l.extend([4]); print(l, l.total(), len(l), l[2], l == [1, 2, 6, 4], isinstance(l, list), list(l), l[1:])
class D(dict):
    def __missing__(self, key):
        return "missing"
    def __getitem__(self, key):
        return "item " + str(dict.get(self, key))
d = D(a=1); d["b"] = 2; print(d["a"], d["zz"], len(d), sorted(d), "b" in d, d.get("b"))
class S(str):
    def shout(self):
        return self.upper() + "!"
s = S("abc"); print(s.shout(), s + "d", len(s), s[0], s == "abc", s != "abd")
class I(int):
    def double(self):
        return self + self
i = I(21); print(i.double(), i + 1, i == 21, i > 20)
class T(tuple):
    def first(self):
        return self[0]
print(T((1, 2)).first(), len(T([1, 2, 3])), T((1,)) == (1,))
class E(Exception):
    def __init__(self, a, b=2):
        super().__init__(a)
        self.b = b
print(E(1).args, E(1).b, str(E("x")), repr(E("x")))

# MicroPython differs: dict.get, called by the class, does not take an instance of a subclass there, and two instances of a subclass of int have no sum.
