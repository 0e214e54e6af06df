# Ranges with more ints than a word with sign can count.
# MicroPython differs: the number of ints wraps there.
r = range(-(1 << 62), 1 << 62)
for f in (len, lambda r: r[1:2], lambda r: r[::2]):
    try:
        print(f(r))
    except OverflowError:
        print("OverflowError")
print(r[-1], r[0], r[-(1 << 62)], bool(r), 5 in r, next(iter(r)))
print(len(range(-(1 << 62), (1 << 62) - 1)), len(range(1 << 62, -(1 << 62) + 1, -1)), len(range(0)), len(range(5, 0)), len(range(0, 10, 3)), len(range(10, 0, -3)), len(range(-3, 3)))
print(len(range(0, 100, 1 << 32)[::1 << 32]))
