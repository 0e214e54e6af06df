# Floats in registers: their values, and that one object stays one.


def step(n):
    x = 0.5
    y = 1.0
    for i in range(n):
        y = y * 0.5 + x * x
        x = x + 0.001
    return x, y


print("%.9f %.9f" % step(1000))


def same(n):
    x = 1.5
    out = 0
    for i in range(n):
        x = x * 1.5
        y = x
        a = b = x + 1.0
        out += (y is x) + 2 * (a is b) + 4 * (a is x)
        x, z = y, x
        out += 8 * (x is z)
    return out


print(same(50))


def many(n):
    a = b = c = d = e = f = g = h = i = j = k = l = m = 0.5
    for turn in range(n):
        a = b + 1.0
        b = c + 1.0
        c = d * 0.5
        d = e - 0.25
        e = f + a
        f = g / 2.0
        g = h + 0.125
        h = i + j
        i = j * 0.75
        j = k + 0.5
        k = l / 3.0
        l = m + 0.0625
        m = a * 0.01
    return "%.6f " * 13 % (a, b, c, d, e, f, g, h, i, j, k, l, m)


print(many(100))


def divide(values):
    x = 1.0
    errors = 0
    for value in values:
        try:
            x = x / value
        except ZeroDivisionError:
            errors += 1
    return "%.6f" % x, errors


print(divide([2.0, 0.0, 4, 0, -0.0, 0.5]))


def compare(values):
    out = []
    nan = float("nan")
    for a in values:
        for b in values + [nan]:
            x = a * 1.0
            y = b * 1.0
            out.append((x < y) + 2 * (x <= y) + 4 * (x == y) + 8 * (x != y) + 16 * (x > y) + 32 * (x >= y))
            if x < y:
                out.append("<")
            if not x == y:
                out.append("!")
            while x != y:
                out.append("d")
                break
    return out


print(compare([1, 2.5, -0.0, float("inf")]))


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def moved(self, by):
        return Point(self.x + by, self.y - by)


def objects(n):
    p = Point(0.5, 1)
    t = 0.0
    for i in range(n):
        t = t + p.x * p.y
        if i % 3 == 0:
            p = p.moved(t - t + 0.5)
        if i == 50:
            p.x = 7
            p.z = None
    return "%.3f %.3f %.3f" % (t, p.x, p.y)


print(objects(100))


def lists(n):
    a = [0.5] * 8
    for i in range(n):
        a[i & 7] = a[(i + 1) & 7] * 1.01 + a[-1 - (i & 3)]
        if i == 60:
            a[3] = 1
    return " ".join("%.3f" % x for x in a)


print(lists(100))
