# Tuples.
t = (1, "a", None)
print(t, len(t), t[0], t[-1], t[1:], t[:2], t + (2,), t * 2, (), (1,), 1 in t, t.count(1), t.index("a"))
print((1, 2) < (1, 3), (1, 2) == (1, 2), (1,) < (1, 0), hash((1, 2)) == hash((1, 2)), tuple("ab"), tuple([1]), tuple())
a, b, *c = (1, 2, 3, 4); print(a, b, c)
a, (b, c), *_ = 1, (2, 3), 4, 5; print(a, b, c, _)
(*a, b) = "xyz"; print(a, b)
for bad in (lambda: t[5], lambda: (1,) + [2], lambda: (1,).index(2), lambda: (1, "a") < (1, 2)):
    try:
        bad()
    except (IndexError, TypeError, ValueError) as error:
        print(type(error).__name__, error)
for source in ((1,), (1, 2, 3)):
    try:
        x, y = source
    except ValueError as error:
        print(error)
