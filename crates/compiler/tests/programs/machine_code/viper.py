# Viper: its types, and what can be done with each.
import micropython


@micropython.viper
def nothing():
    pass


@micropython.viper
def types(o: object, b: bool, i: int, u: uint, p: ptr, p8: ptr8, p16: ptr16, p32: ptr32):
    o2 = o
    b2 = b
    i2 = i
    u2 = u
    q = p
    q8 = p8
    q16 = p16
    q32 = p32
    o2 = o
    print(o, b, i, u, o2, b2, i2, u2)


@micropython.viper
def one(a: int) -> int:
    return a


@micropython.viper
def two(a: int, b: uint) -> uint:
    return b


@micropython.viper
def three(a: int, b, c: ptr8) -> object:
    return b


@micropython.viper
def four(a: bool, b: int, c: uint, d: ptr16) -> bool:
    return a


@micropython.viper
def untyped(a, b, c, d):
    return a + b + c + d


@micropython.viper
def returns_pointer(p: ptr32) -> ptr32:
    return p


@micropython.viper
def returns_none() -> ptr:
    return None


@micropython.viper
def returns_nothing() -> int:
    pass


@micropython.viper
def returns_object(a: int):
    return [a, a < 1, None]


@micropython.viper
def constants() -> int:
    a = 0
    a = 1
    a = -1
    a = 0x3FFFFFFF
    a = -0x40000000
    a = int(0xFFFFFFFF)
    a = int(0x123456789ABCDEF)
    b = True
    b = False
    n = None
    e = ...
    s = "text"
    f = 1.5
    return a


@micropython.viper
def arithmetic(a: int, b: int) -> int:
    a + b, a - b, a * b, a & b, a | b, a ^ b, a << b, a >> b, a // b, a % b
    a += b
    a -= b
    a *= b
    a &= b
    a |= b
    a ^= b
    a <<= b
    a >>= b
    a //= b
    a %= b
    a = -a
    a = ~a
    a = +a
    return a + 1 - (2 * (3 & (4 | (5 ^ (6 << a) >> 7) // 8) % 9))


@micropython.viper
def unsigned(a: uint, b: uint, c: int) -> uint:
    a + b, a - b, a * b, a & b, a | b, a ^ b, a << b, a >> b, a >> c, a << c
    a = -a
    a = ~a
    a + c, a * 3, a >> 1
    return a


@micropython.viper
def mixed(a: int, b: uint) -> int:
    return a + b >> b << b


@micropython.viper
def comparisons(a: int, b: int, c: uint, d: uint) -> bool:
    a < b, a > b, a == b, a <= b, a >= b, a != b
    c < d, c > d, c == d, c <= d, c >= d, c != d
    a < 1, 1 < a, a == 0
    x = a < b < 3 <= a
    y = c < d
    return a < b


@micropython.viper
def conditions(a: int, b: uint, c: bool, o) -> int:
    if a:
        a = 1
    elif b:
        a = 2
    elif c:
        a = 3
    elif o:
        a = 4
    if not a and b or not c:
        a = 5
    while a < 10 and c:
        a += 1
    x = a if c else 7
    y = a and b
    z = o or o
    return x


@micropython.viper
def loops(n: int, o) -> int:
    total = 0
    for i in range(n):
        for j in range(i, 100):
            for k in range(10, -1, -1):
                if k == j:
                    continue
                total += k
            else:
                total -= 1
    for x in o:
        if x:
            break
    while True:
        n -= 1
        if n < 0:
            break
    return total


@micropython.viper
def casts(o, i: int, u: uint, b: bool, p: ptr) -> int:
    int(o), uint(o), bool(o), ptr(o), ptr8(o), ptr16(o), ptr32(o)
    int(i), int(u), int(b), int(p), uint(i), uint(1), uint(-1), bool(1), bool(i)
    int(None), object(o), bool(i < 2), int(ptr8(p)), ptr(u)
    address = ptr32(0x20000000)
    null = ptr(None)
    byte = ptr8(p)[0]
    half = ptr16(i)[u]
    ptr8(0x1000)[i] = 1
    a = uint(i)
    c = int(o) + int(u)
    q = ptr8(o)
    return int(o[0]) + int(len(o))


@micropython.viper
def load8(p: ptr8, i: int, u: uint) -> int:
    p[0], p[1], p[-1], p[127], p[128], p[-128], p[-129], p[255], p[0x3FFFFFFF], p[i], p[u], p[i + 1], p[p[i]]
    return p[i] + p[0]


@micropython.viper
def load16(p: ptr16, i: int, u: uint) -> int:
    p[0], p[1], p[-1], p[63], p[64], p[-64], p[-65], p[255], p[0x3FFFFFFF], p[i], p[u], p[i + 1], p[p[i]]
    return p[i] + p[0]


@micropython.viper
def load32(p: ptr32, i: int, u: uint) -> int:
    p[0], p[1], p[-1], p[31], p[32], p[-32], p[-33], p[255], p[0x1FFFFFFF], p[i], p[u], p[i + 1], p[p[i]]
    return p[i] + p[0]


@micropython.viper
def store8(p: ptr8, i: int, u: uint, b: bool):
    p[0] = 1
    p[1] = i
    p[-1] = u
    p[127] = b
    p[128] = True
    p[-129] = -1
    p[i] = 0
    p[u] = i
    p[i + 1] = p[i]
    p[p[0]] = i < 3
    p[0] += 1
    p[i] |= 0x80


@micropython.viper
def store16(p: ptr16, i: int, u: uint, b: bool):
    p[0] = 1
    p[1] = i
    p[-1] = u
    p[63] = b
    p[64] = True
    p[-65] = -1
    p[i] = 0
    p[u] = i
    p[i + 1] = p[i]
    p[p[0]] = i < 3
    p[0] += 1
    p[i] |= 0x80


@micropython.viper
def store32(p: ptr32, i: int, u: uint, b: bool):
    p[0] = 1
    p[1] = i
    p[-1] = u
    p[31] = b
    p[32] = True
    p[-33] = -1
    p[i] = 0
    p[u] = i
    p[i + 1] = p[i]
    p[p[0]] = i < 3
    p[0] += 1
    p[i] |= 0x80


@micropython.viper
def pointer_in_register(n: int) -> int:
    p = ptr8(n)
    q = ptr32(n)
    while n:
        n -= 1
        p[n] = q[n]
        q[n] = p[n]
    return p[0] + q[1]


@micropython.viper
def objects(o, i: int, b: bool):
    o(i), o(b), o(None), o(i, b, k=i), o.m(i, b), o(*o), o(o, *o, **o)
    o[i], o[b], o[0], o[None], o["x"]
    o[i] = o
    o[o] = i
    o[0] = 1
    o[b] = None
    o.attr = o
    o.attr = i
    o.attr = 1
    o.attr = None
    del o.attr
    del o[o]
    [i, b, 1], (i, o), {i}, {}
    x, y = o
    return o


@micropython.viper
def variables(i: int, b: bool):
    global shared
    shared = i
    shared = b
    shared = None
    shared = 1
    shared = [i]
    del shared
    return shared


@micropython.viper
def imports():
    import sys, os.path
    from sys import argv, path as p
    return sys


@micropython.viper
def closures(a, b: int):
    def inner(x):
        return a

    @micropython.native
    def native(x, y=a):
        return x, y, a

    return inner, native, lambda: a, [a for x in a]


@micropython.viper
def exceptions(o, i: int) -> int:
    try:
        o(i)
        i = 1
    except ValueError:
        i = 2
    finally:
        i += 1
    try:
        raise o
    except:
        return i
    for j in range(i):
        try:
            if j:
                continue
            break
        finally:
            o()
    with o as x:
        x()
        return 5
    return i


@micropython.viper
def deleted(a):
    b = None
    del b
    raise a


@micropython.viper
def many(a: int, b: int, c: int, d: int, e: int, f: int, g: int, h: int, i: int, j: int, k: int, l: int, m: int) -> int:
    n = a + b + c + d + e + f + g + h + i + j + k + l + m
    return n * (a - (b - (c - (d - (e - (f - (g - (h - (i - (j - (k - (l - m)))))))))))) + n


@micropython.viper
def registers(a: int, b: int) -> int:
    # Values in registers that a later operand needs.
    return (a + b) * (a - b) + ((a << b) - (b << a)) * (a // b) - (a * (b + (a << (b & (a | b)))))


@micropython.viper
class Viper:
    @micropython.viper
    def method(self, x: int) -> int:
        return x + int(self.y)

    @micropython.native
    def native(self):
        return self.native
