# Python in machine code: one function for each family of constructs.
import micropython
from micropython import const, opt_level as level
from os import *

LIMIT = const(1000)


@micropython.native
def nothing():
    pass


@micropython.native
def constants(a):
    a(None, True, False, ..., 0, 1, -1, 63, 64, 1 << 29, (1 << 30) - 1, -(1 << 30), 1 << 30, 1 << 62, 1 << 70)
    a(1.5, 2j, b"bytes", "text", "a text that is too long for a name to be interned by itself", (1, (2, "x")), ())
    return LIMIT


@micropython.native
def locals_in_registers(a, b, c=None, *d, e=1, **f):
    a, b = b, a
    a, b, c = c, a, b
    x = y = a
    del x
    return a, b, c, d, e, f, y


@micropython.native
def globals_and_names():
    global counter
    counter = undefined
    counter += 1
    del counter
    return len


@micropython.native
def operators(a, b):
    a + b, a - b, a * b, a / b, a // b, a % b, a**b, a @ b
    a & b, a | b, a ^ b, a << b, a >> b
    a < b, a > b, a == b, a <= b, a >= b, a != b
    a in b, a not in b, a is b, a is not b
    -a, +a, ~a, not a
    a < b <= 3 != a
    a and b or a and not b
    a += b
    a -= b
    a *= b
    a /= b
    a //= b
    a %= b
    a **= b
    a @= b
    a &= b
    a |= b
    a ^= b
    a <<= b
    a >>= b
    return (a if b else 1) if a else b


@micropython.native
def containers(a, b):
    x = [a, b, 1], (a, b), {a, b}, {a: b, 1: 2}, {}, [], ()
    x[0], x[a], x[1:], x[:2], x[::3], x[a:b:1], x[a, b]
    x[0] = 1
    x[a] = b
    x[a] += 1
    x[1:2] = b
    del x[0], x[a]
    x.attr = a
    x.attr += 1
    del x.attr
    c, d = x
    c, *d, e = x
    (c, d), [e] = x
    return x.method


@micropython.native
def comprehensions(a):
    [x for x in a], {x for x in a if x}, {x: y for x in a for y in x}
    return [[y for y in x if a] for x in a], (x for x in a)


@micropython.native
def calls(f, *args, **kw):
    f()
    f(1)
    f(1, 2, three=3)
    f(*args)
    f(1, *args, x=2, **kw)
    f.m()
    f.m(1, k=2)
    f.m(*args, **kw)
    return f(f(f(1)), [f(2)])


@micropython.native
def loops(a):
    for i in range(10):
        if i == 5:
            continue
        if i == 7:
            break
    else:
        a()
    for i in range(a, 10, 2):
        for j in range(i):
            a(i, j)
    for x in a:
        if x:
            break
        for y in x:
            continue
    else:
        return None
    while a():
        if x:
            continue
        break
    while True:
        a()
        while False:
            a()


@micropython.native
def closures(a):
    b = a
    c = 0

    def inner(x, y=b, *, z=1):
        nonlocal c
        c += a
        return lambda: (x, b, c)

    def plain():
        return 1

    del b
    return inner, plain, lambda q, r=a: q + c


@micropython.native
def exceptions(a):
    try:
        a()
    except ValueError:
        a(1)
    except (TypeError, KeyError) as e:
        a(e)
    except:
        a(2)
    else:
        a(3)
    finally:
        a(4)
    try:
        raise ValueError("x")
    except:
        pass
    try:
        return a
    finally:
        a(5)


@micropython.native
def unwinding(a):
    for x in a:
        try:
            try:
                if x:
                    continue
                if a:
                    break
                return 1
            finally:
                a(1)
        except OSError as e:
            break
        finally:
            a(2)
            while x:
                try:
                    break
                finally:
                    a(3)
    try:
        try:
            a()
        except ValueError:
            return 2
        finally:
            try:
                a()
            finally:
                return 3
    finally:
        a()


@micropython.native
def managers(a):
    with a:
        a()
    with a as b, b() as (c, d), a:
        for x in c:
            with x:
                if x:
                    break
                if d:
                    continue
                return x
    with a:
        raise a


@micropython.native
def generator(a):
    x = yield
    y = yield a
    z = yield from a
    try:
        yield x, y
    except GeneratorExit:
        yield z
    finally:
        yield
    for i in range(3):
        yield i
    with a:
        yield 1
    lambda: (yield)
    return x


@micropython.native
def dead_code(a):
    return a
    a(1)
    while a:
        break
        a(2)
    raise a
    return lambda: a


@micropython.native
async def coroutine(a):
    await a
    async with a as b:
        await b
        return 1
    async with a, b:
        pass
    async for x in a:
        if x:
            break
        continue
    else:
        await a()
    async for y in a:
        async with y:
            break


@micropython.native
class Native(Exception):
    attr = 1

    def __init__(self):
        super().__init__(self)
        self.x = super()

    @staticmethod
    def static(x):
        return __class__

    @micropython.bytecode
    def interpreted(self):
        return super().interpreted()


def interpreted(a):
    @micropython.native
    def inner(b):
        import sys, os.path as path
        from sys import argv as args, path
        from . import nothing
        from .. import other
        assert b, "said"
        return a, b, sys, path, args

    return inner


@micropython.native
def jumps(a):
    # Jumps forward and back, just short and just long.
    while a:
        a(1, 2, 3)
    while a:
        a(1, 2, 3, 4, 5, 6, 7, 8, 9)
    while a:
        if a:
            a(1), a(2), a(3), a(4), a(5), a(6), a(7)
        else:
            break


@micropython.native
def big_frame(a):
    # Offsets of more than 127 bytes from the stack pointer.
    b = c = d = e = f = g = h = i = j = k = l = m = n = o = p = q = r = a
    return a(b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, [b, c, d, e, f, g, h, i, (j, k, l, m, n, o)])
