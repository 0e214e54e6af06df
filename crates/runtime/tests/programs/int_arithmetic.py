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

# Rounding to powers of ten far beyond a number.
import sys

for digits in -1, -4, -5, -6, -7, -19, -20, -21, -40, -sys.maxsize, -sys.maxsize - 1:
    print(digits if digits > -100 else "", [round(n, digits) for n in (65536, 5, -75, 9 * 10**18, 10**39, -6 * 10**39, 0)])
print(round(5, None), round(True, -1), round(2**200, -60), round(2**200, 2**40))

# MicroPython differs: rounding to a power of ten beyond all memory gives floats or fails there, and round() takes no None.

# Bytes that say nothing but the sign.
print(int.from_bytes(b"\xff" * 12, "big", signed=True), int.from_bytes(b"\x80" + b"\xff" * 11, "little", signed=True))
print(int.from_bytes(b"\xfe" + b"\xff" * 9, "little", signed=True), int.from_bytes(b"\x01" + bytes(8), "big"))
