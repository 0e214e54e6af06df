# What Python has of exceptions and MicroPython leaves out. The output is CPython's.
error = ValueError("a", 1)
error.detail = [1]
print(error.detail, error.args)
del error.detail
print(hasattr(error, "detail"))
error.args = (2,)
print(error, error.with_traceback(None) is error)
print(OSError(5, "text").errno, OSError(5, "text").strerror, SystemExit(3).code, StopIteration(4).value)


class First(Exception):
    def __init__(self):
        raise self


class Second(Exception):
    def __init__(self, number):
        Exception.__init__(self, "number", number)
        self.number = number


class Third(Second):
    def __init__(self):
        super().__init__(3)


for kind in First, Third:
    try:
        raise kind()
    except Exception as error:
        print(type(error).__name__, error.args, getattr(error, "number", None))
print(Second(2).args, Second(2).__dict__)

for number in 1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 17, 20, 21, 22, 32, 103, 104, 110, 111, 114, 115:
    print(number, type(OSError(number, "")).__name__, type(OSError(number)).__name__)
try:
    raise OSError(2, "gone")
except FileNotFoundError as error:
    print("caught", error.errno)
for kind in ConnectionResetError, TimeoutError, ModuleNotFoundError, RecursionError, UnboundLocalError, UnicodeDecodeError:
    print([base.__name__ for base in kind.__mro__])

try:
    try:
        1 // 0
    except ZeroDivisionError as inner:
        raise KeyError("k") from inner
except KeyError as error:
    print(type(error.__cause__).__name__, error.args)

# MicroPython differs: it has none of this.
