# Ranges.
for r in (range(5), range(2, 8), range(0, 10, 3), range(10, 0, -3), range(0), range(5, 2)):
    print(r, len(r), list(r), bool(r), r.start, r.stop, r.step, list(reversed(r)) if len(r) else [])
r = range(10, 30, 5)
print(r[0], r[-1], r[1:3], r[::2], 15 in r, 16 in r, "a" in r, r == range(10, 28, 5), r != range(3), range(0) == range(5, 5))
for bad in (lambda: range(1, 2, 0), lambda: r[9], lambda: range("a"), lambda: range()):
    try:
        bad()
    except (ValueError, IndexError, TypeError) as error:
        print(type(error).__name__, error)
# Whether an int is in a range takes no walk through it, however far it is.
big = range(-(2 ** 62), 2 ** 62, 3)
print(2 ** 62 - 2 in big, 2 ** 62 - 1 in big, 2 ** 80 in big, -(2 ** 62) in big, -(2 ** 80) in big)
down = range(2 ** 61, -(2 ** 61), -5)
print(2 ** 61 in down, 2 ** 61 - 5 in down, 2 ** 61 - 4 in down, -(2 ** 61) in down, True in range(3), 2 in range(2, 2))

# MicroPython does not end: it looks for an int in a range by walking through that. This port compares ranges by identity, too.
