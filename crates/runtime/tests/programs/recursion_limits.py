# Too deep a recursion ends in RuntimeError, and everything goes on.
def f(n):
    return f(n + 1)
try:
    f(0)
except RuntimeError as error:
    print(error)
def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)
print(depth(100))
l = []
l.append(l)
try:
    repr(l)
except RuntimeError as error:
    print("repr:", error)
class R:
    def __repr__(self):
        return repr(self)
try:
    repr(R())
except RuntimeError as error:
    print("class:", error)
a, b = [], []
a.append(b); b.append(a)
try:
    a == b
except RuntimeError as error:
    print("compare:", error)
class G:
    def __getattr__(self, name):
        return getattr(self, name + "x")
try:
    G().a
except RuntimeError:
    # By the depth or by the room for frames, whichever ends first.
    print("RuntimeError")
print("still here")

# MicroPython differs: comparing nested lists overflows the machine stack there.
