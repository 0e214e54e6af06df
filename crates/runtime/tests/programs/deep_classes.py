# Classes far below what they inherit.


class Root(list):
    def method(self):
        return 5

    def __bool__(self):
        return False


def chain(base, n):
    for _ in range(n):
        base = type("C", (base,), {})
    return base


C = Root
for n in 1, 98, 900, 2:
    C = chain(C, n)
    c = C([3, 1, 2])
    c.append(0)
    C.append(c, 9)
    c.sort()
    print(c, len(c), c.method(), bool(c), isinstance(c, list), issubclass(C, Root))
    print("method" in dir(C), "append" in dir(C), hasattr(C, "append"), hasattr(C, "nothing"))


class Mixin:
    def mixed(self):
        return "mixed"


def joined(base, n):
    for _ in range(n):
        base = type("J", (base, Mixin), {})
    return base


J = Root
for n in 1, 48, 2, 20:
    J = joined(J, n)
    j = J([1])
    j.append(2)
    print(j, j.method(), j.mixed(), bool(j), hasattr(J, "nothing"), "mixed" in dir(J), "append" in dir(J))

# Parents that meet again and again are looked through once.
left, right = Root, type("R", (Root,), {})
for n in range(60):
    left, right = type("L", (left, right), {}), type("M", (left, right), {})
print(left().method(), hasattr(left, "nothing"), issubclass(left, Root), issubclass(left, dict))

# MicroPython differs: it crashes on a long line of base classes.
