# Every operator, display, call and subscript.
def operators(a, b, c):
    x = +a, -a, ~a, not a
    x = a < b, a > b, a == b, a <= b, a >= b, a != b, a in b, a not in b, a is b, a is not b
    x = a | b, a ^ b, a & b, a << b, a >> b, a + b, a - b, a * b, a @ b, a // b, a / b, a % b, a**b
    a |= b
    a ^= b
    a &= b
    a <<= b
    a >>= b
    a += b
    a -= b
    a *= b
    a @= b
    a //= b
    a /= b
    a %= b
    a **= b
    x = a and b, a or b, a and b or c, not (a or b), a if b else c
    x = a < b < c, a < (b or c) <= c != 3
    if a and (b or not c) or a < b < c:
        x = lambda: None
    while not (a and b):
        a = b
    return x


def displays(a, b):
    x = [], (), {}, [a], (a,), {a}, {a: b}, [a, b], (a, b), {a, b}, {a: b, b: a}
    x = [a, b] + [1, 2, 3], {"one": 1, "two": [2, (3, a)]}
    return x, ..., None, True, False


def subscripts(a, i, j, k):
    x = a[i], a[i, j], a[i:], a[:j], a[i:j], a[::k], a[i:j:k], a[:], a[..., i]
    a[i] = 1
    a[i:j] = 2
    a[i:j:k] = 3
    a[i] += 1
    a[i:j] += a
    a[i][j].k.l += 1
    del a[i], a[i:j], a.b.c[k].d
    a.b, a[i], (a.c, *a.d) = x
    return x


def calls(f, a, b, args, kwargs):
    f()
    f(a)
    f(a, b, key=a, word=b)
    f(*args)
    f(**kwargs)
    f(a, *args, b, *args, key=b, **kwargs, **kwargs)
    f.method()
    f.method(a, b, key=b)
    f.method(*args, **kwargs)
    f.method(a, *args, key=b, **kwargs)
    f(a if b else f(b), f.m(a and b), key=a or b)
    f(x for x in a)
    f(lambda x, y=1, *z, w, v=2, **u: (x, y, z, w, v, u))
    f(a)(b)[a].b(*args)
    f(
        a.m(b, *[a.m(b, c) for c in b], d=b.n(a and b)),
        None,
        a.m(None, a or None, *(None or a)),
        **{} if a else b,
    )
    return f


def strings(a, b):
    x = "plain", "with 'quotes' and \n newlines", "adjacent " "strings"
    x = f"{a} and {b!r} and {a:>8} and {{}} {a=}", b"bytes \x00\xff", r"\raw"
    return x, "%s %d" % (a, b), "{} {}".format(a, b)


def walrus(a):
    if (b := a + 1) and (c := b):
        return [d := b, d**2, c]
    while (line := a.readline()) != "":
        print(line, [last := x for x in line], last)
    return f"{a!s:>10}{last}"


def unpacking(a):
    b, c = a
    (b, c), d = a
    [b, [c, *d], e] = a
    b, *c = a
    *b, c, d = a
    b, *c, d = e = a
    for b, (c, *d) in a:
        yield b, c, d
    for a[0], a.b in a:
        yield
    b, c = c, b
    b, c, d = d, c, b
    return [b, c] if False else (b, c, d, e)
