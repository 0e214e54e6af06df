# What sys.settrace reports, and what its frames say.
import sys

first = 13


def show(frame, event, arg):
    code = frame.f_code
    told = arg if event == "return" else arg[0].__name__ if event == "exception" else None
    print(event, code.co_name, frame.f_lineno - first, frame.f_back.f_code.co_name, told)
    return show


def add(a, b):
    c = a + b
    return c


def loop(n):
    total = 0
    for i in range(n):
        total = add(total, i)
    return total


def numbers():
    yield 1
    yield 2


def uses_generator():
    it = numbers()
    return next(it) + next(it)


def fails():
    raise ValueError("no")


def catches():
    try:
        fails()
    except KeyError:
        pass
    except ValueError:
        return "caught"


def finally_returns():
    try:
        return 1
    finally:
        add(1, 2)


def traced(function, *args):
    print("--", function.__name__)
    sys.settrace(show)
    result = function(*args)
    sys.settrace(None)
    print("->", result)


traced(add, 3, 4)
traced(loop, 2)
traced(uses_generator)
traced(catches)
traced(finally_returns)
traced(lambda: 5)
# Called from a built-in again and again, each time in the same place on the stack.
traced(lambda: list(map(lambda x: x + 1, [1, 2])))


# A function that answers None for a frame is not called for its lines.
def entries(frame, event, arg):
    print(event, frame.f_code.co_name)


sys.settrace(entries)
loop(1)
sys.settrace(None)


# Frames stay when their calls have ended.
kept = []


def keep(frame, event, arg):
    kept.append(frame)


sys.settrace(keep)
loop(2)
sys.settrace(None)
print([frame.f_code.co_name for frame in kept], kept[1].f_back is kept[0], kept[1].f_back.f_back.f_back)
print(kept[0].f_globals is globals(), kept[0].f_trace, kept[0].f_lasti >= 0)


# What a tracing function raises ends tracing, and goes on where it was called.
def raises(frame, event, arg):
    raise RuntimeError("from the tracer")


sys.settrace(raises)
try:
    add(1, 2)
except RuntimeError as e:
    print(e)
print(add(1, 2))


# The other functions of code objects and handled exceptions.
code = loop.__code__
print(code.co_name, code.co_firstlineno - first, "add" in code.co_names, type(code.co_code))
print([line - first for start, end, line in code.co_lines()][-1])


def info():
    return sys.exc_info()[:2]


try:
    fails()
except ValueError as e:
    print(info()[0], info()[1] is e)
    try:
        {}["x"]
    except KeyError:
        print(info()[0])
    print(info()[0])
print(info())
