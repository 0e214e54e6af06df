# The dict of attributes is a copy that cannot be changed.
# MicroPython differs: dicts have no order there.
class A: pass
a = A()
a.x = 1
try:
    a.__dict__["x"] = 2
except TypeError:
    print("TypeError")
try:
    a.__dict__.update(x=3)
except TypeError:
    print("TypeError")
try:
    A.__dict__["y"] = 2
except TypeError:
    print("TypeError")
try:
    d = a.__dict__
    d |= {1: 2}
except TypeError:
    print("TypeError")
print(a.x, a.__dict__, dict(a.__dict__))
c = a.__dict__.copy(); c["q"] = 1; print(c)
c = dict(a.__dict__); c["q"] = 1; print(c)
