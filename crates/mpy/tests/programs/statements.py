# Every statement, in a module and in a function.
import sys
import os.path as path
from collections import OrderedDict, deque as Deque
from math import *

a = b = 1
a, b = b, a
(c, d), [e, *f] = (1, 2), [3, 4, 5]
*g, h = "spam"
a += 2
a -= 1
a *= 3
a //= 2
a %= 5
a **= 2
a <<= 1
a >>= 1
a &= 0xFF
a |= 0x10
a ^= 0x11
b /= 2
typed: int = 4
untyped: str
table = {}
table["key"] = a
table["key"] += 1
del table["key"]
sys.attribute = 1
sys.attribute += 1
del sys.attribute
del c, d
pass
assert a, "a message"
assert b

if a:
    pass
elif b:
    x = 1
elif e:
    x = 2
else:
    x = 3

while a:
    a -= 1
    if a == 3:
        continue
    if a == 1:
        break
else:
    x = 4

while True:
    break

while False:
    x = 5

for x in f:
    pass
else:
    x = 6

for x in range(10):
    if x == 3:
        continue
    if x == 5:
        break
else:
    x = 7

for x in range(2, b):
    pass

for x in range(10, 0, -2):
    pass
else:
    x = 8

try:
    raise ValueError
except ValueError:
    pass

try:
    raise ValueError("one") from None
except (TypeError, ValueError) as error:
    x = error
except Exception:
    raise
else:
    x = 9
finally:
    x = 10

with open("a") as one, open("b"):
    x = 11


def function(a, b=1, *args, c, d=2, **kwargs) -> int:
    global x
    del x
    x = a
    import sys
    from os import path as p, sep

    local = a, b
    if not local:
        return
    unbound = 1
    del unbound
    return local or sys or p


def relative():
    from . import sibling
    from .. import uncle
    from .package.module import name

    return sibling, uncle, name


def counter():
    n = 0

    def step():
        nonlocal n
        n += 1
        del n
        n = 1
        return n

    return step


def decorator(argument):
    return lambda f: f


@decorator(1)
@decorator
def decorated(self):
    "a docstring"
    return self


@decorator
class Class(function, metaclass=None):
    "a docstring"
    attribute = 1
    del attribute
    attribute: int = 2

    @staticmethod
    def method(a=1, *, b=2):
        pass


def generator(n):
    x = yield
    y = yield n
    yield from range(n)
    z = yield x, y
    return z


async def coroutine(n):
    await n
    async for x in n:
        pass
    async with n as y:
        return x + y
