# Machine code of every kind, beside bytecode.
import micropython


@micropython.native
def native(a, b=1, *args, c=2, **kwargs):
    try:
        for x in a:
            with b:
                print(x, c, args)
    finally:
        return kwargs


@micropython.native
def native_closure(a):
    def inner(b):
        return a + b

    @micropython.bytecode
    def in_bytecode(b):
        return a - b

    return inner, in_bytecode


@micropython.native
def native_generator(a):
    try:
        yield a
    finally:
        yield from a


@micropython.viper
def viper(a: int, b: ptr8) -> int:
    for i in range(a):
        b[i] = i
    return a


def closing_over(a):
    @micropython.native
    def inner(b):
        return a, b

    return inner


def bytecode(a):
    return a
