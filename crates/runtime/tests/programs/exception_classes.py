# Exceptions of one's own.
class Base(Exception):
    pass
class Derived(Base):
    def __init__(self, code, text):
        super().__init__(code, text)
        self.code = code
    def __str__(self):
        return "code %d" % self.code
try:
    raise Derived(7, "x")
except Base as error:
    print(type(error).__name__, str(error), repr(error), error.args, error.code, isinstance(error, Derived))
class Plain(ValueError):
    pass
for make in (lambda: Plain(), lambda: Plain(1), lambda: Plain(1, 2), lambda: Plain("text")):
    error = make()
    print(repr(error), str(error), error.args)
class WithoutSuper(Exception):
    def __init__(self, x):
        self.x = x
e = WithoutSuper(5)
print(e.x, e.args, repr(e))
print(issubclass(Derived, Exception), issubclass(KeyError, LookupError), issubclass(OSError, Exception), issubclass(NotImplementedError, RuntimeError))
print(repr(OSError(2)), OSError(2).errno, str(OSError(2)), repr(StopIteration(5)), StopIteration(5).value, str(ValueError()), str(ValueError(1, 2)))
try:
    raise OSError(2, "file")
except OSError as error:
    print(error.errno, error)
try:
    ValueError().x = 1
except AttributeError as error:
    print(error)

# MicroPython differs: it lacks what Python has here.
