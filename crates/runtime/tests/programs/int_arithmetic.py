# Arithmetic of ints: signs of quotients and remainders, and results that outgrow a word.
for a in (7, -7, 0, 1 << 70, -(1 << 70)):
    for b in (2, -2, 3, 1 << 40, -(1 << 65)):
        print(a, b, a + b, a - b, a * b, a // b, a % b, divmod(a, b))
print(3 ** 0, 3 ** 5, (-3) ** 5, 2 ** 100, 0 ** 0, pow(3, 100, 7), pow(2, 10, 1000))
print(7 / 2, -7 / 2, 1 / 3)
print(5 & 3, 5 | 3, 5 ^ 3, ~5, -5 & 0xff, -1 >> 3, 1 << 80 >> 78, -(1 << 80) >> 79)
print((1 << 62) + (1 << 62), -(1 << 62) - 1, (1 << 63) - 1, -(1 << 63))
print(abs(-5), abs(-(1 << 90)), +5, -(-5), -(-(1 << 62)))
for bad in (lambda: 1 // 0, lambda: 1 % 0, lambda: divmod(1, 0), lambda: 1 / 0, lambda: 1 << -1, lambda: 1 >> -1):
    try:
        bad()
    except (ZeroDivisionError, ValueError) as error:
        print(type(error).__name__, error)
