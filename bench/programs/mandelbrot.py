"""The Mandelbrot set, in complex numbers and in pairs of floats."""

N = 40


def depth_complex(c, limit):
    z = 0j
    for i in range(limit):
        if abs(z) > 2:
            return i
        z = z * z + c
    return limit


def depth_pair(a, b, limit):
    x = y = 0.0
    i = 0
    while i < limit and x * x + y * y <= 4.0:
        x, y = x * x - y * y + a, 2.0 * x * y + b
        i += 1
    return i


def main(n):
    total = 0
    for row in range(n):
        for column in range(n):
            a, b = column * 3 / n - 2, row * 2 / n - 1
            total += depth_complex(complex(a, b), 20) + depth_pair(a, b, 40)
    return total
