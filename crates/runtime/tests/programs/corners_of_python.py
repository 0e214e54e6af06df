# Small things in which MicroPython differs from Python, and Berus does not.
# MicroPython differs: what follows is Python's.
print({1: 2}.keys().isdisjoint([2, 3]), {1: 2}.keys().isdisjoint([1]), {1: 2}.items().isdisjoint([(1, 2)]))
try:
    {1: 2}.values().isdisjoint([1])
except AttributeError as e:
    print(e)
print("aé€".encode("ascii", "xmlcharrefreplace"))
print(slice(1, 2) == slice(1, 2), slice(1, 2) == slice(1, 3), slice(1, 2) != slice(1, 2), slice(1) == 1)
print(1 >> (1 << 70), -1 >> (1 << 70), 0 << (1 << 70), (1 << 80) >> (1 << 70), -(1 << 80) >> (1 << 70))
for o in ([1, 2, 3], (1, 2), "abc", b"ab", bytearray(3), range(5)):
    for i in (1 << 100, -(1 << 100)):
        try:
            o[i]
        except IndexError as e:
            print(e)
class D(dict):
    pass
print("%(q)s" % D(q=4), "%(q)d %(r)s" % D(q=4, r=5), "%s" % D(q=4))
print(True & False, True | False, True ^ True, True & 1, 1 | True, True + True)
x = True
x &= False
print(x)
print("{:<<5}|{:>>5}|{:^^5}|{:=^5}".format(1, 2, 3, 4), "{:<5}|{:^5}|".format(1, 2))
a, b, c = 10**400, 10**399, 10**300
print(a / b, a / -(3 * b), -a / a, 1 / a, c / a)
for f in (lambda: float(10**400), lambda: a * a / a):
    try:
        print(f())
    except OverflowError as e:
        print(e)
print(pow(2, -1, 5), pow(3, -2, 7), pow(2, -1, 10**40 + 7), pow(7, -1, 1))
try:
    pow(2, -1, 4)
except ValueError as e:
    print(e)
class N:
    def __init__(self, n):
        self.n = n
    def __index__(self):
        return self.n
print([1, 2, 3][N(1)], "abc"[N(-1)], [1, 2, 3][N(1):], list(range(N(3))), [0] * N(2), hex(N(255)), int(N(4)))
