# Context managers.
class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow
    def __enter__(self):
        print("enter", self.name)
        return self.name
    def __exit__(self, kind, value, traceback):
        print("exit", self.name, kind and kind.__name__, value)
        return self.swallow
with Manager("a") as a, Manager("b") as b:
    print(a, b)
with Manager("c", True):
    raise ValueError("swallowed")
try:
    with Manager("d"):
        raise KeyError("passed on")
except KeyError as error:
    print("caught", repr(error))
def leave():
    with Manager("e"):
        return "returned"
print(leave())
for i in range(2):
    with Manager(i):
        if i == 0:
            continue
        break
class Broken:
    def __enter__(self):
        raise ValueError("enter")
    def __exit__(self, *args):
        print("not reached")
try:
    with Broken():
        pass
except ValueError as error:
    print(error)
try:
    with 5:
        pass
except AttributeError as error:
    print(error)
