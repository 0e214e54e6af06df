# Comprehensions of every kind, nested in each other and in functions.
module_level = [x for x in range(3)], {x for x in range(3)}, {x: x for x in range(3)}, (x for x in range(3))


def simple(a):
    return [x for x in a], {x for x in a}, {x: y for x, y in a}, (x for x in a)


def conditions(a, b):
    return [x for x in a if x if x > b if not x and b or a], {x: 1 for x in a if b}, (x for x in a if x or b)


def several_loops(a):
    x = [(x, y, z) for x in a if x for y in x for z in y if z]
    y = {x: y for x in a for y in x}
    z = {y for x in a for y in x}
    return x, y, z, ((x, y, z) for x in a for y in x if y for z in y)


def nested(a):
    return [[[y for y in x] for x in z] for z in a], [x for x in [y for y in (z for z in a)]]


def closures(a, b):
    x = [lambda: (a, x, b) for x in a]
    y = (lambda: (a, x, y) for x in a for y in b)
    z = {k: [a + v + w for w in b] for k, v in a}
    return x, y, z, [(lambda c=a: [b + c + d for d in a]) for _ in b]


def in_calls(f, a, b):
    f([x for x in a], *[y for y in b], key=[z for z in a])
    f(a.m(x for x in b), b.m({x: y for x, y in a}))
    return f(x for x in a)


def with_values(a):
    return [x if x else None for x in a], [x and a or x for x in a], [None for _ in a], {None: None for _ in a}


def of_subscripts(a):
    return [a[i] for a[0] in a for i in a[0]], [b for b, *c in a], [x.y for x.y in a]


class Body:
    sizes = [1, 2, 3]
    doubled = [x * 2 for x in sizes]
    lazy = (x for x in sizes)


def generator(a):
    yield [x for x in a]
    yield from (x for x in a)
    return sum(x for x in a)
