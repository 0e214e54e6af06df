# Single and multiple inheritance, super, method resolution.
class A:
    def who(self):
        return "A"
    def both(self):
        return [self.who()]
class B(A):
    def who(self):
        return "B" + super().who()
class C(A):
    def who(self):
        return "C" + super().who()
    def extra(self):
        return "extra"
class D(B, C):
    def both(self):
        return super().both() + ["D"]
d = D()
print(A().both(), B().both(), d.both(), d.extra(), B.who(d), super(B, d).who())
print(isinstance(d, C), issubclass(D, A), issubclass(A, D), D.__bases__, issubclass(D, (int, B)))
class Init:
    def __init__(self, x):
        self.x = x
class Sub(Init):
    def __init__(self, x, y):
        super().__init__(x)
        self.y = y
s = Sub(1, 2); print(s.x, s.y)
class Late(Sub):
    pass
print(Late(3, 4).x)
class K:
    @classmethod
    def make(cls):
        return cls.__name__
    @staticmethod
    def f():
        return "static"
class L(K):
    @classmethod
    def make(cls):
        return "L:" + super().make()
print(K.make(), L.make(), L().make(), L.f())

# MicroPython differs: it lacks what Python has here.
