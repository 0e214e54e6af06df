"""Moves between many local variables."""

N = 150_000


def shuffle(n, a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q, r, s):
    while n:
        a, b, c = b, c, a
        d, e = e, d
        f = g
        g = h
        h = i
        i = f
        j, k, l, m = m, l, k, j
        o, p = p, q
        q = r
        r = s
        s = o
        n -= 1
    return a, d, g, j, o, s


def main(n):
    return shuffle(n, *range(18))
