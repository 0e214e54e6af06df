# Complex numbers.
a, b = 1 + 2j, 3 - 4j
print(a + b, a - b, a * b, a / b, -a, +a, abs(b), a == 1 + 2j, a != b, a.real, a.imag)
print(complex(1), complex(1, 2), complex("1+2j"), complex("3j"), 2 * a, a + 1, a + 0.5, a ** 2)
print(1j * 1j, (1 + 0j) == 1, bool(0j), bool(1j), hash(1 + 0j) == hash(1 + 0j))
for bad in (lambda: a < b, lambda: a // b, lambda: a % b, lambda: complex("x"), lambda: 1j / 0):
    try:
        bad()
    except (TypeError, ValueError, ZeroDivisionError) as error:
        print(type(error).__name__, error)
