# Comprehensions and generator expressions.
print([x * x for x in range(5)], [x for x in range(10) if x % 2 if x > 3], [(x, y) for x in range(2) for y in "ab"])
print(sorted({x % 3 for x in range(10)}), {k: v for k, v in [("a", 1)]}, [[y for y in range(x)] for x in range(3)])
print(sum(x for x in range(5)), list(x + y for x in (1, 2) for y in (10, 20)), tuple(i for i in range(3)))
x = "outer"
print([x for x in range(2)], x)
def f(n):
    return [n + i for i in range(n)], {i: n for i in range(n)}
print(f(2))
g = (i for i in [1, 2, 3])
print(next(g), list(g), list(g))
print([i for i in [1, 2, 3] if (lambda v: v > 1)(i)])
print([y := 5, y + 1], [last := i for i in range(3)], last)
