# Which exception was being handled, and attributes that a program stores.
# MicroPython differs: exceptions there know of no others.
try:
    try:
        1 / 0
    except ZeroDivisionError as z:
        raise ValueError(1)
except ValueError as e:
    print(repr(e.__context__), e.__cause__)
def f():
    {}["k"]
try:
    try:
        raise OSError(5)
    except OSError:
        f()
except KeyError as e:
    print(repr(e.__context__))
try:
    try:
        raise OSError(5)
    finally:
        f()
except KeyError as e:
    print(repr(e.__context__))
try:
    raise TypeError(3)
except TypeError as e:
    print(e.__context__)
try:
    try:
        raise ValueError(1)
    except ValueError as first:
        try:
            raise TypeError(2)
        except TypeError as second:
            raise first
except ValueError as e:
    print(repr(e), repr(e.__context__), e.__context__.__context__ if e.__context__ else None)
try:
    try:
        raise ValueError(1)
    except ValueError:
        raise
except ValueError as e:
    print(e.__context__)
class MyError(Exception):
    pass
try:
    try:
        raise MyError(1)
    except MyError:
        raise MyError(2) from None
except MyError as e:
    print(repr(e), repr(e.__context__), e.__cause__)
    e.__context__ = None
    print(e.__context__)
e = OSError(1, "b")
e.errno = 7
print(e.errno)
e = OSError(2, "b")
e.strerror = "q"
e.filename = "f"
print(e.errno, e.strerror, e.filename)
e = StopIteration(4)
e.value = 5
print(e.value)
print(SystemExit(1, 2).code, SystemExit(1).code, SystemExit().code)
e = SystemExit(1)
e.code = 3
print(e.code)
e = ImportError("m")
e.msg = "n"
print(e.msg)
del e.msg
