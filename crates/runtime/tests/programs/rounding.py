# round() and the text of floats as exact decimals have them, and digits in groups.
# MicroPython differs: it rounds by multiplying, which may overflow, and has no separators in floats.
def attempt(function, *args):
    try:
        return function(*args)
    except OverflowError as error:
        return type(error).__name__


print([round(x, n) for x, n in ((1e308, 1), (2.675, 2), (0.15, 1), (0.25, 1), (2.5, 0), (0.5, 0), (1.5, 0), (-0.04, 1))])
print([round(x, n) for x, n in ((1e22, -22), (1e308, -308), (123.456, -400), (123.456, 400), (1250.0, -2), (1350.0, -2), (50.0, -2), (50.1, -2))])
print(attempt(round, 1.7e308, -308), attempt(round, float("inf")), round(float("inf"), 1), round(float("nan"), 1), round(-5e-324, 323))
print(round(15, -1), round(25, -1), round(-15, -1), round(5, -20), round(-(10**30) * 25, -31), round(10**30, -40), round(65536, -(1 << 62)), round(True, -1))
print(round(1, None), round(2.5, None), round(7, 10**9))

# What is too small for all digits of a float still has its first digit before the point.
for n in 1, 2, 3, 1000, 2**51 + 1:
    text = repr(5e-324 * n)
    print(text[0] != "0", float(text) == 5e-324 * n)
print(1e-323, 2e-310, 1e-320, -1.5e-323)

for spec in ("011_.2f", ",.2f", "012,.1f", "020_.3e", ",", ",g", ",%", "=+12,.1f", "<10,", "^011,.1f", "x<011,.1f", "05", "09,.0f", ",.0f"):
    print(spec, [format(x, spec) for x in (3141.159, -1234567.891, 0.001, 999.5 if spec[-2:] != "0f" else 999.6, float("inf"))])
print(f"{123456.789:12}", f"{1e16:,}", f"{0.1:>6}", f"{1234:_}", f"{-1234:09,}")
