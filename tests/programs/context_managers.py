# with: order of calls, swallowing, and leaving it in every way.
class Manager:
    def __init__(self, name, swallow=False):
        self.name = name
        self.swallow = swallow

    def __enter__(self):
        print("enter", self.name)
        return self.name.upper()

    def __exit__(self, kind, value, traceback):
        print("exit", self.name, kind and kind.__name__, value and value.args)
        return self.swallow


with Manager("a") as a, Manager("b"), Manager("c") as (c):
    print("body", a, c)

with Manager("swallow", True):
    raise ValueError(1)
print("after")

try:
    with Manager("outer"), Manager("inner"):
        raise KeyError("k")
except KeyError as error:
    print("caught", error.args)


def leave(how):
    for i in range(3):
        with Manager("loop%d" % i):
            if how == "break" and i == 1:
                break
            if how == "continue":
                continue
            if how == "return":
                return i
            print("body", i)
    else:
        print("else")
    return "end"


for how in ("fall", "break", "continue", "return"):
    print(how, leave(how))


class FailingEnter(Manager):
    def __enter__(self):
        raise OSError("enter")


class FailingExit(Manager):
    def __exit__(self, *args):
        raise OSError("exit", args[0] and args[0].__name__)


for kind in (FailingEnter, FailingExit):
    try:
        with Manager("safe"):
            with kind("x"):
                raise ValueError
    except Exception as error:
        print(type(error).__name__, error.args)


def in_finally():
    try:
        return "value"
    finally:
        with Manager("f"):
            for _ in range(1):
                with Manager("g", True):
                    raise RuntimeError
            print("end of finally")


print(in_finally())
try:
    with 5:
        pass
except (AttributeError, TypeError):
    print("no manager")


def generator():
    with Manager("gen"):
        yield 1
        yield 2


g = generator()
print(next(g))
g.close()
print(list(generator()))
