# Decorators of functions and classes.
def twice(function):
    def wrapper(*args):
        return function(*args), function(*args)
    return wrapper
def named(name):
    def decorate(function):
        def wrapper(*args):
            return name, function(*args)
        return wrapper
    return decorate
@named("outer")
@twice
def add(a, b):
    return a + b
print(add(1, 2))
def mark(cls):
    cls.marked = True
    return cls
@mark
class C:
    @staticmethod
    def s(x):
        return x
    @classmethod
    def c(cls, x):
        return cls.__name__, x
    @property
    def p(self):
        return "p"
print(C.marked, C.s(1), C().s(2), C.c(3), C().c(4), C().p)
