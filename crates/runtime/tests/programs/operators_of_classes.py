# Operator methods, reflected and in place.
class V:
    def __init__(self, *items):
        self.items = items
    def __repr__(self):
        return "V" + repr(self.items)
    def __add__(self, other):
        return V("add", self.items, other)
    def __radd__(self, other):
        return V("radd", other, self.items)
    def __iadd__(self, other):
        return V("iadd", self.items, other)
    def __sub__(self, other):
        return NotImplemented
    def __mul__(self, n):
        return V(*self.items * n)
    __rmul__ = __mul__
    def __neg__(self):
        return V("neg")
    def __pos__(self):
        return V("pos")
    def __invert__(self):
        return V("invert")
    def __abs__(self):
        return "abs"
    def __len__(self):
        return len(self.items)
    def __contains__(self, x):
        return x in self.items
    def __getitem__(self, i):
        return self.items[i]
    def __call__(self, *args, **kw):
        return args, kw
    def __eq__(self, other):
        return isinstance(other, V) and self.items == other.items
    def __lt__(self, other):
        return self.items < other.items
    def __hash__(self):
        return hash(self.items)
    def __int__(self):
        return 42
    def __float__(self):
        return 4.5
    def __mod__(self, x):
        return "mod"
    def __matmul__(self, x):
        return "matmul"
    def __pow__(self, x):
        return "pow"
    def __and__(self, x):
        return "and"
    def __rlshift__(self, x):
        return "rlshift"
v = V(1, 2)
print(v + 1, 1 + v, v * 2, 2 * v, -v, +v, ~v, abs(v), len(v), 2 in v, 5 in v, v[1], v(1, a=2))
w = v; w += 5; print(w, v)
w = v; w *= 2; print(w)
print(v == V(1, 2), v != V(1, 2), v < V(1, 3), v > V(0,), {v: 1}[V(1, 2)], int(v), float(v), v % 1, v @ 1, v ** 1, v & 1, 1 << v, [x for x in v])
for bad in (lambda: v - 1, lambda: v / 2, lambda: v >= v, lambda: v | 1, lambda: object() + 1):
    try:
        bad()
    except TypeError as error:
        print(error)

# MicroPython differs: it does not try the reflected comparison.
