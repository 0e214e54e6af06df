# Properties and descriptors.
class P:
    def __init__(self):
        self._x = 1
    @property
    def x(self):
        return self._x
    @x.setter
    def x(self, value):
        self._x = value * 2
    @x.deleter
    def x(self):
        print("deleted")
    @property
    def fixed(self):
        return "fixed"
p = P(); print(p.x); p.x = 5; print(p.x); del p.x; print(p.fixed)
for bad in ("p.fixed = 1", "del p.fixed"):
    try:
        exec(bad)
    except AttributeError as error:
        print(error)
class D:
    def __set_name__(self, owner, name):
        print("named", owner.__name__, name)
        self.name = name
    def __get__(self, instance, owner):
        return "get", instance is None, owner.__name__
    def __set__(self, instance, value):
        print("set", value)
    def __delete__(self, instance):
        print("delete")
class C:
    d = D()
c = C(); print(c.d, C.d); c.d = 3; del c.d
x = property(lambda self: "made"); C.later = None
class E:
    y = x
print(E().y)

# MicroPython differs: it does not call __get__ for an access by the class.
