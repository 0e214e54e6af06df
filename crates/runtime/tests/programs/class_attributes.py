# Attributes of classes and instances.
class C:
    shared = []
    x = "class"
    def __init__(self):
        self.own = 1
a, b = C(), C()
a.shared.append(1); a.x = "instance"
print(b.shared, a.x, b.x, C.x, hasattr(a, "own"), hasattr(C, "own"), getattr(a, "y", "default"))
del a.x; print(a.x)
C.x = "changed"; print(a.x, b.x)
C.method = lambda self, v: (self.own, v); print(a.method(5))
setattr(a, "dynamic", 9); print(a.dynamic, a.__dict__ == {"own": 1, "dynamic": 9}); delattr(a, "dynamic")
for bad in (lambda: a.nope, lambda: C.nope, lambda: delattr(a, "nope"), lambda: (1).x, lambda: setattr(1, "x", 2)):
    try:
        bad()
    except AttributeError as error:
        print(error)
print(C.__name__, a.__class__ is C, type(a) is C, isinstance(a, C), isinstance(a, object), C.__bases__)
class Dynamic:
    def __getattr__(self, name):
        if name.startswith("get_"):
            return name[4:]
        raise AttributeError(name)
print(Dynamic().get_x, hasattr(Dynamic(), "other"), getattr(Dynamic(), "zz", None))
class Spy:
    def __setattr__(self, name, value):
        print("set", name, value); object.__setattr__(self, name, value)
    def __delattr__(self, name):
        print("del", name); object.__delattr__(self, name)
s = Spy(); s.a = 1; print(s.a); del s.a
