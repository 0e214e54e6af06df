# What the collector takes for a reference may keep an object. So what is said here is said of many objects, not of all.
import gc
import weakref


class A:
    pass


def clear_the_stack(depth=20):
    return [0] * 8 if depth == 0 else clear_the_stack(depth - 1)


def many(count):
    return "many" if count >= 5 else count


gone = 0


def note(ref):
    global gone
    gone += ref() is None


def ref():
    a = A()
    r = weakref.ref(a, note)
    if r() is not a:
        print("lost")
    return r


live = [ref() for _ in range(20)]
clear_the_stack()
gc.collect()
print("dead", many(sum(ref() is None for ref in live)), "told", many(gone))

# References that are gone first are not told.
gone = 0
objects = []
for _ in range(20):
    objects.append(A())
    weakref.ref(objects[-1], note)
clear_the_stack()
gc.collect()
objects = None
gc.collect()
print("without refs", gone < 5)

calls = []


def finalizer():
    a = A()
    weakref.finalize(a, lambda *args, **kwargs: calls.append((args, kwargs)), 1, 2, k=3)
    return a


last = finalizer()
gc.collect()
print("early", len(calls))
for _ in range(20):
    finalizer()
clear_the_stack()
gc.collect()
print("called", many(len(calls)), calls[0])

# Once only, whoever calls.
a = A()
f = weakref.finalize(a, lambda x: x + 1, 1)
print(f.alive, f.peek()[0] is a, f.peek()[2:])
print(f(), f.alive, f(), f.peek(), f.detach())
f = weakref.finalize(a, print, "not to be seen")
print(f.detach()[0] is a, f.detach(), f())

# The youngest first, and finalizers before references.
order = []


def watched():
    a = A()
    refs = [weakref.ref(a, lambda r, n=n: order.append(n)) for n in range(3)]
    for n in "ab":
        weakref.finalize(a, order.append, n)
    return refs


kept = [watched() for _ in range(10)]
clear_the_stack()
gc.collect()
print(len(order) >= 15, order[:2], order[-3:])

for value in (None, True, 1, "", (), "abc", len):
    for make in (weakref.ref, weakref.finalize):
        try:
            make(value, print)
        except TypeError as e:
            print(e)
try:
    weakref.ref()
except TypeError as e:
    print(e)

# MicroPython differs: this port has no weakref.
