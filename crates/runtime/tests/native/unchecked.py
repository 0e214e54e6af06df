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
