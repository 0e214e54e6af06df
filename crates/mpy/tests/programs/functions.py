# Arguments, closures and cells.
def none():
    pass


def positional(a, b, c):
    return c


def defaults(a, b=None, c=(1, 2)):
    return b


def star(*args):
    return args


def keyword_only(*, a, b=1, c):
    return a


def all_of_them(a, b=1, *c, d, e=2, **f):
    return lambda: (a, b, c, d, e, f)


def cells_in_arguments(a, b, *c, d=None, **e):
    def inner(f, g=a):
        nonlocal b
        b = f
        return c, d, e, g

    a = b
    return inner


def closure_with_defaults(a, b):
    def one(c=a):
        return a, c

    def two(*, c=b):
        return b, c

    def three(c=1, *, d=2):
        return a, b, c, d

    return one, two, three, lambda c=a, *, d=b: a + b + c + d


def passed_on(a):
    def middle():
        def inner():
            nonlocal a
            a += 1
            return [a for _ in range(a)]

        return inner

    return middle


def only_passed_on(a, b):
    def middle(c):
        def inner(d):
            def innermost(e):
                return a, c, e

            return innermost, d

        return inner, b

    return middle


def unset(a):
    del a
    b = 1
    del b

    def inner():
        nonlocal c
        del c

    c = 1
    inner()
    return c


def recursion(n):
    def fact(n):
        return n * fact(n - 1) if n else 1

    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)

    return fact(n), even(n)


def loops_and_cells(n):
    made = []
    for i in range(n):
        for j in made:
            made.append(lambda i=i: (i, j, n))
    return made


def many_locals(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r):
    s = a + r
    t = s + q
    u = t + p
    v = w = x = u
    del s

    def inner(y=t):
        nonlocal v
        v = y
        return w + q + r

    for z in range(q):
        r = z
    return inner, x, r


def many_defaults(a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, *, i=9, j=10, k=11, l=12):
    return many_defaults(*[a, b], c, i=i, **{"j": k})


nested = lambda a: lambda b: lambda c: lambda d: (a, b, c, d)


def generators(a, b):
    def inner(n=b):
        got = yield a
        while got:
            got = yield from inner(got)
        return n

    x = yield from inner()
    yield lambda: x
    return (yield)


def lambda_generator():
    return lambda: (yield)
