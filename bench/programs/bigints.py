"""Digits of pi by a spigot over integers of any size."""

N = 300


def digits(n):
    q, r, t, k, digit, limit = 1, 0, 1, 1, 3, 3
    made = 0
    while made < n:
        if 4 * q + r - t < digit * t:
            yield digit
            made += 1
            q, r, digit = 10 * q, 10 * (r - digit * t), (10 * (3 * q + r)) // t - 10 * digit
        else:
            q, r, t, k, digit, limit = (
                q * k, (2 * q + r) * limit, t * limit, k + 1,
                (q * (7 * k + 2) + r * limit) // (t * limit), limit + 2,
            )


def main(n):
    return "".join(str(digit) for digit in digits(n))[-20:]
