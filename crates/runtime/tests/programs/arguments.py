# Ways to pass and take arguments.
def f(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, sorted(kw.items())
print(f(1, c=3), f(1, 5, 6, 7, c=8, d=9, e=10), f(c=1, a=2, b=3), f(*[1, 2, 3], **{"c": 4, "x": 5}))
print(f(*(1,), *(2, 3), c=0, **{"d": 1}, **{"z": 2}))
def g(a, b=[]):
    b.append(a)
    return b
print(g(1), g(2), g(3, []))
def h(*args, **kw):
    return args, kw
print(h(), h(1, x=2), h(*"ab"), h(*range(3), **{}))
for bad in ("f()", "f(1)", "f(1, c=1, a=2)", "g()", "g(1, 2, 3)", "g(x=1)", "h(**{1: 2})", "h(*5)", "(lambda: 0)(1)", "len()", "len(1, 2)", "abs(x=1)"):
    try:
        eval(bad)
    except TypeError as error:
        print(bad, "-", error)

# MicroPython differs: a keyword that is no string is refused in the words of CPython.
