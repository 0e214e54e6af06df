# Exceptions on their way through frames of machine code, bytecode and built-ins, in every order.

trail = []


def native(call):
    try:
        trail.append("n")
        return call()
    finally:
        trail.append("/n")


@micropython.bytecode
def bytecode(call):
    try:
        trail.append("b")
        return call()
    finally:
        trail.append("/b")


@micropython.viper
def viper(call):
    return call()


@micropython.viper
def viper_finally(call):
    try:
        trail.append("v")
        return call()
    finally:
        trail.append("/v")


def through_sort(call):
    return sorted([1, 2], key=lambda item: call())


def through_map(call):
    return list(map(lambda item: call(), [1]))


@micropython.bytecode
def through_generator(call):
    def generate():
        try:
            yield call()
        finally:
            trail.append("/g")

    return list(generate())


def through_native_generator(call):
    def generate():
        try:
            yield call()
        finally:
            trail.append("/ng")

    for value in generate():
        return value


class Operator:
    def __init__(self, call):
        self.call = call

    def __add__(self, other):
        return self.call()


def through_operator(call):
    return Operator(call) + 1


@micropython.bytecode
def through_with(call):
    class Manager:
        def __enter__(self):
            trail.append("w")

        def __exit__(self, ty, value, trace):
            trail.append("/w")

    with Manager():
        return call()


layers = [
    native,
    bytecode,
    viper,
    viper_finally,
    through_sort,
    through_map,
    through_generator,
    through_native_generator,
    through_operator,
    through_with,
]


class Mine(Exception):
    pass


def raising():
    raise Mine("here")


def dividing():
    return 1 // 0


total = 0
for first in layers:
    for second in layers:
        for third in layers:
            for leaf, kind in (raising, Mine), (dividing, ZeroDivisionError):
                trail.clear()
                try:
                    first(lambda: second(lambda: third(leaf)))
                    print("nothing raised")
                except kind as error:
                    total += len(trail)
                opened = [mark for mark in trail if mark[0] != "/" ]
                closed = [mark[1:] for mark in trail if mark[0] == "/" and mark[1] not in "g" and mark != "/ng"]
                if opened != closed[::-1]:
                    print("unbalanced", first, second, third, trail)
print(total)


# What a handler does goes on being handled where it should be.
def nested():
    try:
        try:
            raise KeyError(1)
        except KeyError as error:
            print("key", error)
            raise ValueError(2)
        finally:
            print("inner finally")
    except ValueError as error:
        print("value", error)
    else:
        print("never")
    return "done"


print(nested())


@micropython.bytecode
def reraises():
    try:
        raise OSError(5)
    except OSError:
        raise


try:
    reraises()
except OSError as error:
    print(error.errno)


def leaves(how):
    for number in range(3):
        try:
            if how == "break":
                break
            if how == "continue":
                continue
            if how == "return":
                return number
        finally:
            print("left by", how, number)
    return "end"


for how in "break", "continue", "return", "nothing":
    print(leaves(how))


def with_statement():
    class Manager:
        def __enter__(self):
            return self

        def __exit__(self, ty, value, trace):
            print("exit", ty)
            return ty is KeyError

    with Manager():
        raise KeyError
    try:
        with Manager():
            raise IndexError("out")
    except IndexError as error:
        print(error)
    return "after"


print(with_statement())


@micropython.viper
def viper_catches(n: int) -> int:
    try:
        if n == 0:
            raise ValueError("zero")
        return 100 // n
    except ValueError:
        print("zero")
        return -1
    finally:
        print("viper finally")


print(viper_catches(7), viper_catches(0))


# Global variables are those of the function's module again, whatever came by.
def sees_globals():
    return total > 0


exec("def other(call):\n return call()\n", {"__name__": "other"})
space = {"__name__": "space"}
exec("def through(call):\n  try:\n    return call()\n  except ValueError:\n    return name\nname = 'of space'\n", space)


def raises_value():
    raise ValueError


print(space["through"](sees_globals), space["through"](raises_value), sees_globals())
