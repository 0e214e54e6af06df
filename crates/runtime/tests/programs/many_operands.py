# More arguments, keywords, names and variables than one byte counts: the right value, or an error where code has no room for it.


def result(source):
    names = {}
    try:
        exec(source, names)
    except SyntaxError as error:
        return "SyntaxError: " + str(error)
    return names["r"]


def numbered(prefix, n, between=", "):
    return between.join(prefix.replace("#", str(i)) for i in range(n))


calls = """
def f(*args, **named):
    return len(args), len(named), sum(args), sum(named.values())
class C:
    def m(self, *args, **named):
        return f(*args, **named)
"""

for n in 255, 256, 300:
    print(n)
    for call in "f", "C().m":
        print(" positional", result(calls + "r = %s(%s)" % (call, numbered("#", n))))
        print(" keywords", result(calls + "r = %s(%s)" % (call, numbered("k#=#", n))))
        print(" and starred", result(calls + "r = %s(5, *(6, 7), %s, **{'a': 1})" % (call, numbered("k#=#", n))))
        print(" after starred", result(calls + "r = %s(*(6, 7), %s)" % (call, numbered("#", n - 1))))
    print(" fields", result("x = 1\nr = len(f'%s')" % numbered("{x}", n, "")))
    print(" before", result("%s, *b = range(1000)\nr = a%d, len(b)" % (numbered("a#", n), n - 1)))
    print(" behind", result("*b, %s = range(1000)\nr = a%d, len(b)" % (numbered("a#", n), n - 1)))
    print(" without", result("%s = range(%d)\nr = a%d" % (numbered("a#", n), n, n - 1)))
    print(" parameters", result("def f(%s): return a%d\nr = f(*range(%d))" % (numbered("a#", n), n - 1, n)))
    print(" defaults", result("def f(%s): return a%d\nr = f()" % (numbered("a#=#", n), n - 1)))
    print(" only by keyword", result("def f(*, %s): return a%d\nr = f()" % (numbered("a#=#", n), n - 1)))
    print(" bases", result(calls + "try:\n class D(%s): pass\nexcept RuntimeError: pass\nr = 1" % numbered("C", n - 2)))
    print(" items", result("r = len([%s]), len({%s})" % (numbered("#", n), numbered("#:1", n))))
    variables = numbered("    a# = #\n", n, "")
    print(" variables", result("def f():\n%s    return a%d\nr = f()" % (variables, n - 1)))
    inner = "    def g(): return %s\n    return g()\nr = f()"
    print(" closed over", result("def f():\n" + variables + inner % numbered("a#", n, "+")))
    print(" the last", result("def f():\n" + variables + inner % ("a%d" % (n - 1))))

for n in 126, 127, 128:
    nested = "r = 0\nfor i in range(3):\n"
    for depth in range(n):
        nested += " " * (depth + 1) + "try:\n"
    nested += " " * (n + 1) + "r += 1; %s\n"
    for depth in reversed(range(n)):
        nested += " " * (depth + 1) + "finally: pass\n"
    print("blocks", n, result(nested % "continue"), result(nested % "break"))

# MicroPython differs: it loses operands and keywords beyond 255.
