# Where names live.
a = b = c = 0


def plain(a, b=1, *args, c, d=2, **kw):
    e = a + b
    del e
    return args, kw, c, d, len


def star_first(*args, key=None):
    return args, key


def star_first_closed_over(*args, key=None, other):
    return lambda: (args, key, other)


def only_star(*, a, b=(1, 2)):
    return a, b


def declares():
    global a, new
    a = 1
    new = a
    nested = 1

    def inner():
        nonlocal nested
        nested += 1

        def innermost():
            return nested, a, b

        return innermost

    return inner


def many_cells(p, q, r):
    s = p

    def f(x, y=q, *, z=r):
        def g():
            return p, q, r, s, x, y, z, t
        return g

    t = 1
    return f


def annotated():
    x: int
    y: str = "s"
    z.w: int
    return lambda: x


class C:
    a = b
    x: int

    def method(self):
        return __class__, super().method(), super(), super().a

    def keyword_only(*, self):
        return super().x(self)

    class D:
        def method(self, a=a):
            global b
            b = a
            return super().method(a, *a)

    z = [a for _ in range(3)]

    def f():
        return a


class E(C, C.D, metaclass=type):
    pass


class F():
    "doc"


def comprehensions(n):
    x = [y for y in n]
    x = {y: z for y, z in n if y if z for y in z}
    x = {y for y in (z for z in n)}
    x = sum(i for i in n)
    x = [[i + j + n for i in n] for j in n]
    x = [last := i for i in n]
    x = [(i, j := i) for i in n if (k := i)]
    return x, last, j, k


outer = [inner := i for i in range(3)]


def generator():
    x = yield
    y = yield x
    z = yield from y
    w = lambda: (yield)
    return z


def many_locals():
    l0 = l1 = l2 = l3 = l4 = l5 = l6 = l7 = l8 = l9 = l10 = l11 = l12 = l13 = l14 = 0
    l15, l16, l17 = l15, l16, l17
    l18, l19 = l16, l17
    del l18, (l19, l0)
    for l20 in l17:
        l20 += l16
    return [l17, l20]
