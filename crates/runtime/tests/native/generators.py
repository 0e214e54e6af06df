# Generators of machine code.


def numbers(n):
    for i in range(n):
        received = yield i
        if received is not None:
            print("received", received)
    return "returned"


print(list(numbers(3)), sum(numbers(5)), tuple(numbers(0)))

generator = numbers(3)
print(next(generator), generator.send("hello"), next(generator))
try:
    next(generator)
except StopIteration as error:
    print("stop", error.value)
try:
    next(generator)
except StopIteration as error:
    print("stop", error.value)

try:
    numbers(2).send(1)
except TypeError as error:
    print("TypeError:", error)


def delegating(n):
    result = yield from numbers(n)
    print("result", result)
    result = yield from "ab"
    print("result", result)


print(list(delegating(2)))
generator = delegating(3)
print(next(generator), generator.send("inside"))


def handling():
    while True:
        try:
            yield "waiting"
        except ValueError as error:
            print("caught", error)
            yield "handled"
        finally:
            print("finally")


generator = handling()
print(next(generator), generator.throw(ValueError("thrown")), next(generator))
generator.close()
try:
    next(generator)
except StopIteration:
    print("closed")

try:
    handling().throw(KeyError("at once"))
except KeyError as error:
    print("KeyError:", error.args)


def stubborn():
    while True:
        try:
            yield 1
        except GeneratorExit:
            print("no")


generator = stubborn()
next(generator)
try:
    generator.close()
except RuntimeError as error:
    print("RuntimeError:", error)


def through(inner):
    try:
        yield from inner
    except ValueError as error:
        print("outer caught", error)
        yield "recovered"


@micropython.bytecode
def bytecode_inner():
    try:
        yield 1
    except KeyError as error:
        print("inner caught", error.args)
    yield 2


generator = through(bytecode_inner())
print(next(generator), generator.throw(KeyError("k")), generator.throw(ValueError("v")))
generator = through(handling())
print(next(generator), generator.throw(ValueError("v")))
try:
    print(generator.throw(KeyError("k")))
except KeyError as error:
    print("KeyError:", error.args)


def stopping():
    yield 1
    raise StopIteration


generator = stopping()
next(generator)
try:
    next(generator)
except RuntimeError as error:
    print("RuntimeError:", error)


def running():
    try:
        next(me)
    except ValueError as error:
        print("ValueError:", error)
    yield


me = running()
next(me)


def closure_generator(a):
    def generate(b, *, c=3):
        nonlocal a
        a += b
        yield a
        yield c

    return generate


print(list(closure_generator(1)(2)), list(closure_generator(1)(2, c=9)))

generator = numbers(3)
print(generator.pend_throw(ValueError("pending")))
try:
    next(generator)
except ValueError as error:
    print("ValueError:", error)


class Iterable:
    def __iter__(self):
        yield from (i * i for i in range(4))


print(list(Iterable()), [x for x in Iterable() if x % 2], dict((x, x + 1) for x in Iterable()))
first, *others = numbers(4)
print(first, others)
