"""New names at run time: attributes set by computed names, and code compiled on the way."""

N = 4_000


class Box:
    pass


def main(n):
    box, total = Box(), 0
    for i in range(n):
        name = "field_%d" % (i % 500)
        setattr(box, name, i)
        total += getattr(box, name)
    space = {"total": 0}
    for i in range(n // 20):
        exec("value_%d = %d\ntotal += value_%d" % (i, i, i), space)
    return total, space["total"]
