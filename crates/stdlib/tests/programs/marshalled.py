import marshal

function = type(lambda: 0)


def many(n, *, y=2, **kw):
    return n, y, 10**30, 1.5, 2j, b"a\x00", "aé", (1, (2, "x", None), ...), [i + n for i in range(n)], kw


print(function(marshal.loads(marshal.dumps(many.__code__)), {"range": range})(3, y=5, z=1))


def outer():
    a = "cell"

    def inner(b="default"):
        return a, b

    return inner


inner = function(marshal.loads(marshal.dumps(outer.__code__)), {})()
print(inner(), inner("given"))

body = marshal.loads(marshal.dumps(compile("def f(x): return x * 2\nprint(f(y))", "file", "exec")))
exec(body, {"print": print, "y": 21})

code = marshal.loads(marshal.dumps((lambda: a).__code__))
print([function(code, {"a": a})() for a in (1, 2)])

# A function made of code has no defaults.
try:
    function(marshal.loads(marshal.dumps((lambda x=0: x).__code__)), {})()
except TypeError as e:
    print(e)

# Only what the code refers to is written.
print(b"many" in marshal.dumps(many.__code__), b"cell" in marshal.dumps(many.__code__))

for value in (1, "a", many, None):
    try:
        marshal.dumps(value)
    except ValueError as e:
        print(e)
whole = marshal.dumps(many.__code__)
for data in (b"", b"M\x06\x00\x1f", b"abc", whole[:-3], whole[:40], 1):
    try:
        print(marshal.loads(data))
    except (ValueError, TypeError) as e:
        print(type(e))

# MicroPython differs: this port has no marshal.
