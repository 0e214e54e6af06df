# Where names live.
x = "global"
def outer():
    x = "outer"
    def inner():
        nonlocal x
        x += "!"
        def innermost():
            global x
            x = "changed"
            return x
        return innermost(), x
    return inner(), x
print(outer(), x)
def unset():
    try:
        print(y)
    except NameError as e:
        print(type(e).__name__)
    y = 1
    del y
    try:
        print(y)
    except NameError as e:
        print(type(e).__name__)
    try:
        del y
    except NameError as e:
        print(type(e).__name__)
unset()
def cell_unset():
    def read():
        return z
    try:
        read()
    except NameError as e:
        print(type(e).__name__)
    z = 1
    print(read())
    del z
    try:
        read()
    except NameError as e:
        print(type(e).__name__)
    z = 2
    return read
print(cell_unset()())
class C:
    x = "class"
    y = x
    z = [x for i in range(1)]
    def method(self):
        return x
    w = (lambda: x)()
print(C.y, C.z, C().method(), C.w)
def loop():
    fs = []
    for i in range(3):
        def f(j=i):
            return i, j
        fs.append(f)
    return [f() for f in fs], [(lambda: i)() for i in range(3)], i
print(loop())
def handler():
    e = "before"
    try:
        raise ValueError(1)
    except ValueError as e:
        f = lambda: e
        print(f())
    try:
        print(e)
    except NameError as n:
        print(type(n).__name__)
handler()
def comprehension(n):
    n2 = [n for n in range(n)]
    s = {(k, n) for k in "ab" for m in range(n)}
    return n, n2, sorted(s), dict((i, j) for i in range(2) for j in range(i))
print(comprehension(2))
def walrus(items):
    if (n := len(items)) > 2:
        return n
    return [last := i for i in items], last, n
print(walrus([1, 2, 3]), walrus([4, 5]))
def defaults(a, b=[], *, c={}):
    b.append(a)
    c[a] = len(b)
    return b, sorted(c.items())
print(defaults(1), defaults(2), defaults(3, []))
def generator():
    total = 0
    def add(n):
        nonlocal total
        total += n
        return total
    for i in range(3):
        yield add(i), total
print(list(generator()))
def deep(a):
    def b(c):
        def d(e):
            nonlocal a, c
            a += e
            c *= e
            return a, c
        return d
    return b
d = deep(1)(2)
print(d(3), d(3))
exec("x = 'exec'; print(x)", {"print": print})
print(x)
ns = {}
exec("def f():\n  global v\n  v = 5\n  return v + w\nw = 1", ns)
print(ns["f"](), ns["v"])
print(eval("x + y", {"x": 1, "y": 2}), eval("[a for a in range(b)]", {"b": 2, "range": range}))
def many():
    a = b = c = d = e = f = g = h = i = j = k = l = m = n = o = p = q = r = 1
    def use():
        return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r
    return use()
print(many())
