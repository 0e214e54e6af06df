# What compilers of several ages made other code of.


def numbers():
    # Constants that are worked out with large integers, and those that the compiler has small ones for where it runs.
    a = (1 << 64) >> 60
    b = -(2**64) // 2**64
    c = (1 << 64) - (1 << 64)
    d = 1 << 63 >> 62
    e = -4611686018427387904, ~(1 << 62), -(1 << 70) + (1 << 70)
    f = [
        0x7FFFFFFF,
        0x80000000,
        1 << 40,
        70000,
        1 << 62,
    ]
    if 0x100000000:
        a += 1
    while 0x100000000:
        break
    return a, b, c, d, e, f


def loops(f):
    for i in range(0x10000000000):
        f(i)
    for i in range(-0x10000000000, 70000, 3):
        f(i)
    for i in range(0, 1 << 64):
        f(i)


def texts(f):
    f(
        b"",
        b"short",
        b"longer than ten",
        b"numbers_and_texts",
        "short",
        "longer than ten, too",
        b"tail",
    )
    f.numbers_and_texts = (
        b"numbers_and_texts",
        1,
    )


def starred(f, a, b):
    f(*a)
    f(**b)
    f(*a, **b)
    f(1, 2, *a)
    f(1, 2, *a, x=3, **b)
    f(x=3, **b)
    f.method(*a)
    f.method(1, *a, y=2)
    f.method(**b)
    f(*f(*a), **f(**b))
    return lambda *args, **kwargs: f(*args, **kwargs)


def classes(name, bases):
    value = 1

    class A(bases):
        name = 2
        other = value

        def method(self):
            return value

    class B(*bases):
        pass

    return A, B


def powers():
    return 2**10, 2**0, (-3) ** 3, 2**100


async def coroutine(x):
    async for i in x:
        pass
    async for j in x():
        pass
    async with x as y, x:
        await y


def constants(f):
    f(..., None, 1.5, 2j, (1, 2, "three"), (), ((1,), 2))
    for i in (1, 2, 3):
        f(i)
    return 1, 2


def far(f, a):
    while a:
        if a > 1:
            f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
            continue
        f(a and a.b.c.d.e.f or a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.aa.bb.cc.dd.ee.ff.gg.hh.ii.jj.kk.ll)
        # The next statement is


        # farther from this


        # than six lines.


        f(a)
        "nothing"

        "nothing again"
        a = f(a)
