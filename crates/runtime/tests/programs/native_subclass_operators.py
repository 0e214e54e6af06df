# Operators of classes derived from numbers and containers, on either side.
class I(int):
    pass
class F(float):
    pass
class S(str):
    pass
class L(list):
    pass
class R(int):
    def __radd__(self, other):
        return ("radd", other)
    def __neg__(self):
        return "neg"

i, f = I(9), F(2.5)
print(-i, +i, ~i, abs(I(-9)), -f, abs(F(-0.5)))
print(i + 1, 1 + i, i - 1, 1 - i, 2 * i, i // 2, 20 // i, i ** 2, 2 ** i, 100 % i, i & 8, 12 | i)
print(f + 1, 1 + f, 10 / f, f * 2, 2 * f, i + f, f + i)
print(divmod(i, 2), divmod(20, i), divmod(i, i), pow(i, 2))
print(sum([i, i, 1]), max(i, 3), min(3, i), sorted([i, 3, 12]))
print(1 < i, i < 1, 9 == i, i == 9, i >= 9, 10 > i, 2.5 == f, 3 > f)
print("a" + S("b"), S("a") + "b", "a" < S("b"), S("x") * 2, 2 * S("x"), "b" in S("abc"), S("b") in "abc")
print([1] + L([2]), L([1]) + [2], 2 * L([1]), L([1]) == [1], [0] < L([1]))
n = 1
n += i
print(n)
# A class's own methods come first.
print(1 + R(2), R(2) + 1, -R(2), ~R(2))
for wrong in (lambda: "a" - S("b"), lambda: 1 + S("b"), lambda: -S("b"), lambda: ~F(1), lambda: {} + L()):
    try:
        print(wrong())
    except TypeError as e:
        print("TypeError")
class M:
    def __divmod__(self, other):
        return NotImplemented if other == 0 else ("divmod", other)
    def __rdivmod__(self, other):
        return ("rdivmod", other)
    def __getattr__(self, name):
        raise AttributeError(name)
    def __iter__(self):
        return iter([(1, 2)])
print(divmod(M(), 3), divmod(3, M()), dict(M()))
try:
    divmod(M(), 0)
except TypeError:
    print("TypeError")

# MicroPython differs: what has an instance of a subclass of int on its right has no result there.
