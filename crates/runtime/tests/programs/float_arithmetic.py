# Arithmetic of floats, with ints too, and its special values.
# MicroPython differs: it rounds by multiplying, so that 2.675 becomes 2.68; its exact decimal is nearer to 2.67.
inf, nan = float("inf"), float("nan")
print(1.5 + 2, 2 - 0.5, 3 * 0.1, 1 / 4, 7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, 7.5 % -2)
print(2.0 ** 3, 2 ** -2, 2.0 ** 0.5, (-8.0) ** 3, divmod(7.5, 2), divmod(-7.5, 2))
print(inf + 1, inf - inf, -inf, nan == nan, nan != nan, nan < 1, inf > 1 << 100, 1e308 * 10)
print(abs(-1.5), -1.5, +1.5, round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234.5, -2))
print(0.0 == -0.0, 1 == 1.0, hash(1.0) == hash(1), 1.0 in [1], float(1 << 60))
for bad in (lambda: 1.0 / 0, lambda: 1.0 // 0, lambda: 1.0 % 0, lambda: 0.0 ** -1):
    try:
        bad()
    except ZeroDivisionError as error:
        print(error)
