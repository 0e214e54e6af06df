# In which order the parts of expressions and statements are evaluated.
def t(n, value=None):
    print(n, end=" ")
    return n if value is None else value

def f(*args, **kwargs):
    return args, sorted(kwargs.items())

class Log:
    def __init__(self, name):
        self.name = name
    def __getitem__(self, key):
        print("get", self.name, key, end=" ")
        return key
    def __setitem__(self, key, value):
        print("set", self.name, key, value, end=" ")
    def __getattr__(self, name):
        print("load", self.name, name, end=" ")
        return 5
    def __iadd__(self, other):
        print("iadd", self.name, other, end=" ")
        return self
    def __call__(self, *args):
        print("call", self.name, args, end=" ")
        return self
    def __enter__(self):
        print("enter", self.name, end=" ")
        return self
    def __exit__(self, *args):
        print("exit", self.name, end=" ")
    def __repr__(self):
        return "Log " + self.name
    def __bool__(self):
        print("bool", self.name, end=" ")
        return True

print(t(1) + t(2) * t(3) - t(4))
print(t(1) < t(2) < t(3), t(3) < t(2) < t(1))
print([t(1), t(2)], (t(3), t(4)), {t(5)})
print({t(1): t(2), t(3): t(4)})
print(f(t(1), t(2), x=t(3), y=t(4)))
print(f(t(1), *[t(2), t(3)], x=t(4)))
print(f(*t(1, [1]), *t(2, [2])))
print(f(**t(1, {"a": 1}), **t(2, {"b": 2})))
a, b = Log("a"), Log("b")
t(1, a)[t(2)] = t(3); print()
t(1, a)[t(2)] += t(3); print()
t(1, a).x, t(2, b)[t(3)]; print()
(t(1, a)[t(2)], t(3, b)[t(4)]) = t(5), t(6); print()
t(1, a)[t(2)] = t(3, b)[t(4)] = t(5); print()
print(t(1, a)(t(2))(t(3)) is a)
print(t(1) if t(2) else t(3), t(1) if t(0, False) else t(3))
print(t(1) and t(2), t(0, 0) or t(3))
print([t(x) for x in t(9, [1, 2]) if t(7)])
print({t(k): t(v) for k, v in [(1, 2)]})
with t(1, a) as t(2, b)[t(3)], t(4, Log("c")):
    print("body", end=" ")
print()
def g(x=t("default"), *, y=t("keyword")):
    pass
print()
@t("outer", lambda f: t("outer called", f))
@t("inner", lambda f: t("inner called", f))
def h(x=t("default")):
    pass
print()
class C(t("base", object)):
    x = t("body")
print()
del t(1, [1, 2])[t(0)], t(2, {3: 4})[t(3)]; print()
assert t(1), t(2); print()
for t(1, a)[t(2)] in t(3, [5, 6]):
    pass
print()
x = [0, 1, 2]
i = 0
i, x[i] = 1, 9
print(i, x)
print((y := t(5)) + y, y)
print(f"{t(1)}{t(2)!r:>{t(3)}}")
print("%s %s" % (t(1), t(2)))
print(t(1, "abc")[t(0):t(2):t(1)])
lambda z=t("lambda default"): z; print()
try:
    raise t(1, ValueError)
except t(3, TypeError):
    pass
except t(4, ValueError):
    print()
print(not t(1, a), -t(2), ~t(3))
while t(0, False):
    pass
else:
    print("else")

# MicroPython differs: its dicts have no order of insertion.
