# Code that is never run: what of it is left out, and which names and functions it still enters.
def after_return(a):
    return a
    never = a.never
    return lambda: never


def after_raise(a):
    raise a
    for x in a:
        yield x


def constant_conditions(a):
    if False:
        def unmade():
            pass
    elif a:
        b = 1
    elif True:
        b = 2
    elif a:
        b = 3
    else:
        b = 4
    if 1:
        b = 5
    else:
        b = 6
    if not __debug__:
        b = 7
    while False:
        b = 8
    else:
        b = 9
    while True:
        b = 10
        break
        b = 11
    while ():
        b = 12
    while "text":
        b = 13
    return b


def after_jumps(a):
    for x in a:
        if x:
            continue
            x = 1
        else:
            break
            x = 2
        x = 3
    while a:
        try:
            continue
        finally:
            a = 4
        a = 5
    assert a, "said"
    assert False
    assert True
    return a if True else b


def both_return(a):
    if a:
        return 1
    else:
        return 2
    return 3


def never_reaches_end():
    while 1:
        pass
