# Ways out of blocks: finally, with, loops, nested handlers.
class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        print("enter", self.name)
        return self

    def __exit__(self, ty, value, trace):
        print("exit", self.name, ty and ty.__name__)
        return self.swallow


def leave(how):
    for i in range(3):
        try:
            with Manager(i):
                if how == "return":
                    return i
                if how == "break":
                    break
                if how == "raise" and i == 1:
                    raise ValueError(i)
        except ValueError as e:
            print("caught", e)
        finally:
            print("finally", i)
    else:
        print("no break")
    return "end"


for how in ("return", "break", "raise"):
    print(how, leave(how))

with Manager("s", swallow=True):
    1 / 0


def override():
    try:
        raise KeyError("lost")
    finally:
        return "finally wins"


print(override())

try:
    try:
        raise ValueError("first")
    except ValueError:
        try:
            raise
        finally:
            print("reraised")
except ValueError as e:
    print("again", e)


def nested():
    try:
        try:
            return "value"
        finally:
            print("inner")
    finally:
        print("outer")


print(nested())
raise RuntimeError("not caught")
