# What MicroPython leaves to the processor, which stops it: Berus raises.


# Local variables that are not set, of which machine code does not take notice itself.
def unset(which):
    if which == 0:
        return str(later)
    if which == 1:
        return later + 1
    if which == 2:
        return later.name
    if which == 3:
        return later[0]
    if which == 4:
        return [later]
    if which == 5:
        return later()
    if which == 6:
        for x in later:
            pass
    if which == 7:
        a, b = later
    if which == 8:
        return -later
    later = 1


for which in range(9):
    try:
        unset(which)
        print("set")
    except NameError as error:
        print("NameError:", error)


@micropython.viper
def divide(a: int, b: int) -> int:
    return a // b


@micropython.viper
def rest(a: int, b: int) -> int:
    return a % b


for function in divide, rest:
    try:
        function(1, 0)
    except ZeroDivisionError as error:
        print("ZeroDivisionError:", error)


# Raising what is no exception, and what is not set.
def raises(which, x=None):
    if which == 0:
        raise None
    if which == 1:
        raise x
    if which == 2:
        raise later
    if which == 3:
        try:
            raise x
        finally:
            x = 1
    if which == 4:
        try:
            pass
        finally:
            raise x
    if which == 5:
        for i in range(2):
            try:
                continue
            finally:
                if i == 1:
                    raise later
    if which == 6:
        raise x if which else 1
    later = 1


def generates(which, x=None):
    yield which
    if which == 0:
        raise None
    if which == 1:
        raise x
    if which == 2:
        raise later
    if which == 3:
        yield later
    if which == 4:
        return later
    if which == 5:
        try:
            yield later
        except NameError:
            yield "caught"
    if which == 6:
        try:
            raise x
        finally:
            yield "finally"
            yield "again"
    yield from range(2)
    later = 1


@micropython.viper
def raises_object(x):
    raise x


@micropython.viper
def raises_finally(x):
    try:
        x.y
    finally:
        raise x


def returns(which):
    if which == 0:
        return later
    later = which
    return later


for function in (
    raises,
    lambda which: print(list(generates(which))),
    lambda which: raises_object(None),
    lambda which: raises_finally(None),
    returns,
    lambda which: print(returns(which)),
):
    for which in range(8):
        try:
            print(which, function(which))
        except (TypeError, NameError, AttributeError) as error:
            print(which, type(error).__name__, error)


# Where no exception waits, none is raised.
def passes(which):
    try:
        str(which)
    finally:
        which = 2
    for i in range(3):
        try:
            if i == which:
                break
        finally:
            try:
                pass
            finally:
                print("passed", i)
    return which


print(passes(1))
both = generates(9)
print(next(both), both.send(None), next(both))
both.close()


# A `finally` block in one that a jump passes through leaves no exception for the `with` statement around both.
class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        print("exit", error)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        print("aexit", error)


def returns_through(value):
    with Manager():
        with Manager():
            try:
                return value
            finally:
                try:
                    print("body")
                finally:
                    print("nested")
                for i in range(3):
                    try:
                        print("turn", i)
                    finally:
                        break
    print("not reached")


def breaks_through():
    for i in range(3):
        with Manager():
            try:
                if i == 1:
                    break
            finally:
                with Manager():
                    print("turn", i)
    return i


def generates_through(value):
    with Manager():
        try:
            yield value
            return 9
        finally:
            try:
                yield value + 1
            finally:
                yield value + 2


async def awaits_through(value):
    async with Manager():
        try:
            return value
        finally:
            try:
                print("body")
            finally:
                print("nested")


@micropython.viper
def viper_through(value: int) -> int:
    with Manager():
        try:
            return value
        finally:
            try:
                print("body")
            finally:
                print("nested")
    return 0


def catches_through(value):
    try:
        with Manager():
            try:
                return value
            finally:
                try:
                    pass
                finally:
                    raise ValueError("instead")
    except ValueError as error:
        return error


print(returns_through(1))
print(breaks_through())
print(list(generates_through(1)))
try:
    awaits_through(5).send(None)
except StopIteration as end:
    print(end.value)
print(viper_through(7))
print(catches_through(8))
