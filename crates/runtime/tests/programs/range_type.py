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
