# Generators: send, throw, close, return values and delegation.
def echo():
    received = None
    while True:
        received = yield received
        if received == "stop":
            return "stopped"
g = echo()
print(next(g), g.send(1), g.send("a"))
try:
    g.send("stop")
except StopIteration as error:
    print(error.value)
def guarded():
    try:
        yield 1
        yield 2
    except ValueError as error:
        yield "caught " + str(error)
    finally:
        print("cleanup")
g = guarded(); print(next(g), g.throw(ValueError("v")), list(g))
g = guarded(); print(next(g)); g.close(); print(list(g))
def inner():
    x = yield "from inner"
    print("got", x)
    return "result"
def outer():
    value = yield from inner()
    print("inner gave", value)
    yield from [10, 20]
    yield from "ab"
g = outer(); print(next(g), g.send("sent"), list(g))
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
print([x for x, _ in zip(fib(), range(10))])
for bad in (lambda: next(g), lambda: echo().send(1), lambda: g.throw(KeyError("k"))):
    try:
        bad()
    except (StopIteration, TypeError, KeyError) as error:
        print(type(error).__name__, error)
def running():
    yield next(me)
me = running()
try:
    next(me)
except ValueError as error:
    print(error)

# MicroPython differs: throw() into a generator that has ended raises StopIteration there.
