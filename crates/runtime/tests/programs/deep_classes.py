# Classes far below what they inherit.


class Root:
    def method(self):
        return 5

    def __len__(self):
        return 7


def chain(base, n):
    for _ in range(n):
        base = type("C", (base,), {})
    return base


for n in 1, 998, 1000, 1001, 3000:
    C = chain(Root, n)
    c = C()
    print(n, c.method(), len(c), isinstance(c, Root), issubclass(C, Root), "method" in dir(C), hasattr(C, "nothing"))
    D = chain(list, n)
    d = D([3, 1, 2])
    d.append(0)
    D.append(d, 9)
    d.sort()
    print(d, len(d), "append" in dir(D), issubclass(D, list), isinstance(chain(KeyError, n)("k"), LookupError))


class Mixin:
    def mixed(self):
        return "mixed"


def joined(base, n):
    for _ in range(n):
        base = type("J", (base, Mixin), {})
    return base


for n in 1, 49, 51, 90:
    J = joined(Root, n)
    print(n, J().method(), J().mixed(), len(J()), joined(dict, n)(a=1)["a"], hasattr(J, "nothing"), "mixed" in dir(J))

# Parents that meet again and again are looked through once.
left, right = Root, type("R", (Root,), {})
for n in range(60):
    left, right = type("L", (left, right), {}), type("M", (left, right), {})
print(left().method(), hasattr(left, "nothing"), issubclass(left, Root), issubclass(left, list))
