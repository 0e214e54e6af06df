# Functions, generator functions, closures and built-ins are told apart by their types.


def plain():
    pass


def takes(a, b=2, *rest, c, d=4, **more):
    return a, b, rest, c, d, more


def generator():
    yield


def outer():
    x = 1

    def closure():
        return x

    def generates():
        yield x

    return closure, generates


async def coroutine():
    pass


closure, closed_generator = outer()
kinds = [type(plain), type(generator), type(closure)]
print([kinds.index(type(f)) for f in (plain, takes, lambda: 0, generator, coroutine, closure, closed_generator)])
print([kind.__name__ for kind in kinds])
print(isinstance(takes, type(plain)), isinstance(generator, type(plain)), isinstance(closure, type(plain)))
print(takes.__class__ is type(plain), generator.__class__ is type(coroutine))

# All of them are still functions.
print(takes(1, c=3), takes(1, 2, 5, c=3, e=6), next(generator()), closure(), list(closed_generator()))


class C:
    method = closure
    each = generator
    made = closed_generator

    def __init__(self):
        self.x = plain


try:
    C().method()
except TypeError as error:
    print(error)
for method in C().each, C().made:
    try:
        list(method())
    except TypeError as error:
        print(error)
print(C().x(), generator.__name__, closure.__name__, closure.__code__.co_name, closed_generator.__globals__ is globals())
print(str(closure)[:9], str(generator), str(plain)[:9])

# Built-ins by their arguments: none, one, two, three, more.
built_in = [type(globals), type(abs), type(hasattr), type(setattr), type(print)]
print([built_in.index(type(f)) for f in (locals, len, callable, divmod, isinstance, max, sorted)])
print(len(built_in) == len({str(id(kind)) for kind in built_in}), {kind.__name__ for kind in built_in})
print(any(type(plain) is kind for kind in built_in), type([].append) is type(C().each))

# MicroPython differs: it counts the cells of a closure among the arguments in its messages, and a closure has no __code__ there.
