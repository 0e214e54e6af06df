"""The fast Fourier transform, forth and back."""

from cmath import exp
from math import pi

N = 1024


def transform(values, sign):
    n = len(values)
    if n == 1:
        return values
    even, odd = transform(values[::2], sign), transform(values[1::2], sign)
    result = [0] * n
    step = exp(sign * 2j * pi / n)
    turn = 1 + 0j
    for k in range(n // 2):
        moved = turn * odd[k]
        result[k] = even[k] + moved
        result[k + n // 2] = even[k] - moved
        turn *= step
    return result


def main(n):
    values = [complex(i % 11, i % 7) for i in range(n)]
    back = transform(transform(values, 1), -1)
    return max(abs(a / n - b) for a, b in zip(back, values)) < 1e-9
