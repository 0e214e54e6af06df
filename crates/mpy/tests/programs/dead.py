# Code that nothing reaches.
def after_return(a):
    return a
    a = 1
    for x in a:
        print(x)


def after_raise(a):
    raise a
    try:
        return a
    finally:
        a()


def after_forever(a):
    while True:
        a()
    return a


def after_forever_in_try(a):
    try:
        while 1:
            a()
    finally:
        a()
    return a


def all_branches_leave(a):
    if a:
        return 1
    else:
        raise a
    return a


def never_entered(a):
    while False:
        a()
        break
    if False:
        return lambda: a
    while 0:
        with a:
            continue
    else:
        a = 1
    return a


def functions_never_made(a, b):
    return a

    def inner():
        def innermost():
            nonlocal b
            b = a
            return [a + b for a in b]

        return innermost


def after_break(a, b):
    for x in a:
        break
        x = b
    for x in a:
        continue
        with b:
            x = b
    while a:
        try:
            break
            x = 1
        finally:
            b(x)
            break
            b(a)
    else:
        return
    try:
        return
        a()
    except ValueError:
        raise
        b()
    else:
        return
        b()
    finally:
        b()


def with_that_returns(a):
    with a:
        return a
        with a:
            pass
    return a


async def async_that_returns(a):
    async with a:
        return a
    async with a:
        raise a
    async for x in a:
        return x
        await x
    return a
    await a


def yields(a):
    return
    yield a


def asserts(a):
    assert False
    assert a, 1 + a
    if __debug__:
        return 1
    return 2


class Body:
    if 0:
        x = 1
    while 1:
        break
