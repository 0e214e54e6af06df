# Generators: values both ways, exceptions both ways, delegation, closing.
def echo():
    received = []
    while True:
        value = yield len(received)
        if value is None:
            return received
        received.append(value)


g = echo()
print(next(g), g.send("a"), g.send("b"))
try:
    g.send(None)
except StopIteration as stop:
    print(stop.value)
try:
    next(g)
except StopIteration as stop:
    print(stop.value)


def guarded():
    try:
        yield 1
    except ValueError as error:
        yield "caught %s" % error
    finally:
        print("cleanup")
    yield "end"


g = guarded()
print(next(g))
print(g.throw(ValueError("v")))
print(list(g))
g = guarded()
next(g)
g.close()
g.close()
try:
    next(g)
except StopIteration:
    print("closed")


def stubborn():
    while True:
        try:
            yield
        except GeneratorExit:
            yield "no"


g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as error:
    print(error)


def inner(n):
    total = 0
    for i in range(n):
        got = yield i
        if got:
            total += got
    return total


def outer(*sizes):
    results = []
    for size in sizes:
        results.append((yield from inner(size)))
    yield from "xy"
    return results


g = outer(2, 3)
print(next(g), g.send(5), g.send(7), g.send(None), g.send(1), g.send(2))
try:
    while True:
        print(next(g))
except StopIteration as stop:
    print(stop.value)


def delegate_throw():
    try:
        yield from guarded()
    except KeyError as error:
        print("outer", error.args)
    return


g = delegate_throw()
next(g)
print(g.throw(ValueError("in")))
try:
    g.throw(KeyError("k"))
except StopIteration:
    print("stop")


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


print(list(tree(3)))
print(sum(x * x for x in range(10) if x % 2), list((x, y) for x in "ab" for y in range(2)))


def raises():
    yield 1
    raise ZeroDivisionError("z")


try:
    for x in raises():
        print(x)
except ZeroDivisionError as error:
    print(error)


def stops():
    yield 1
    raise StopIteration


try:
    print(list(stops()))
except RuntimeError as error:
    print(error)

g = echo()
try:
    g.send(1)
except TypeError as error:
    print(error)


def running():
    try:
        next(me)
    except ValueError as error:
        yield str(error)


me = running()
print(next(me))


def many(a, b=2, *c, d, **e):
    yield a, b, c, d, e


print(next(many(1, d=4)), next(many(1, 2, 3, d=4, f=5)))
print(echo.__name__, type(g).__name__)
