# Deleting names, attributes, items and slices.
x = y = 1
del x
try:
    x
except NameError as error:
    print(error)
l = list(range(6)); del l[0], l[-1]; print(l); del l[1:3]; print(l)
d = {1: 2, 3: 4}; del d[1]; print(d)
class C: pass
c = C(); c.a = 1; del c.a; print(hasattr(c, "a"))
def f():
    z = 1
    del z
    try:
        return z
    except NameError as error:
        return type(error).__name__
print(f())
a, b = 1, 2
del (a, b)
for bad in ("del nope", "del d[99]", "del c.nope", "del (1).x"):
    try:
        exec(bad)
    except (NameError, KeyError, AttributeError) as error:
        print(bad, type(error).__name__)
