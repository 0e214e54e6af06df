# Every statement, in most of its forms.
import a
import a.b
import a.b.c as d, e
from f import g
from f.g import (h as i, j,)
from . import k
from .. import l as m
from .n import o
from ....p.q import r
from s import *

x = 1
x = y = z = 2
x, y = y, x
x, y, z = z, x, y
x, y, z, w = w, x, y, z
x, (y, z) = x, (y, z)
x, *y = z
*x, y = z
x, *y, z = w
[x, y] = z
[] = z
[x] = z
(x, y) = [z] = w
x.a = y
x[0] = y
x.a.b[1].c, x[y] = z
x += 1
x.a -= y
x[y] *= z
x.a[y] @= z
x.a().b //= z
x /= 1; x %= 2; x **= 3; x <<= 4; x >>= 5; x &= 6; x |= 7; x ^= 8
x: int = 1
x.y: int = 2
del x
del x, y.z, y[z], (w)
del (x, (y, z))
pass
...
"text"
assert x
assert x, y

if x:
    pass
elif y:
    pass
elif z:
    pass
if x and not (y or z) and w: x
while x:
    if y:
        break
    elif z:
        continue
else:
    w
for x in y:
    break
else:
    z
for x.y in z:
    continue
for x, *y in z: pass
for x in range(10): pass
for x in range(y): pass
for x in range(y, z):
    if x: break
else:
    w
for x in range(y, 10, -1):
    for y in range(0, 3, 2):
        if y: continue
        else: break
    else:
        break
for x in range(1, 2, y): pass
for x in range(*y): pass
for x in range(y, z, 0): pass
for x in range(): pass
for x in range(y=1): pass
for x.a in range(3): pass

try:
    x
except:
    y
try:
    x
except A:
    y
except (A, B) as e:
    raise
except C as e:
    raise e from x
except:
    raise e
else:
    z
finally:
    w
try:
    x
finally:
    y
with x:
    y
with x as y, z, w as (a, b):
    c
with x() as y.z: c


def f():
    for x in y:
        try:
            with z as w:
                if x: continue
                if y: break
                return x
        except E as e:
            if x: continue
            return
        finally:
            if x: break
            y
    while x:
        try:
            try:
                break
            finally:
                continue
        except:
            return y
    return (x if y else z)


async def g():
    async with x as y, z:
        await w
        return 1
    async for x in y:
        if x: break
        if y: continue
        async with z: return await w
    else:
        x
    await x.y(z)[0]
    return [x for y in await z]


@d
@d.e(1)
@d.e.f
def h(): pass


@d
class H: pass


@d
async def i(): pass
