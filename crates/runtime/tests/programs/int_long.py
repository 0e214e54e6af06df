# Large ints of many lengths: those at which products, quotients and texts are computed in another way, and one more or less.


def numbers(seed):
    while True:
        seed = (seed * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        yield seed


random = numbers(7)


def number(words, kind):
    value = 0
    for _ in range(words):
        value = value << 64 | (next(random) if kind == 0 else (1 << 64) - 1 if kind == 1 else 0)
    return value + 1 if kind == 2 else value | 1 << (64 * words - 1)


PRIME = (1 << 89) - 1
lengths = [1, 2, 3, 15, 16, 17, 23, 24, 25, 31, 32, 33, 47, 48, 49, 63, 65, 97, 200, 515]


def show(*values):
    print(*[value % PRIME for value in values])


for n in lengths:
    for m in [1, 2, 31, 33, 50, n, n + 1]:
        a, b = number(n, m % 3), number(m, n % 2)
        if n % 2:
            a = -a
        if m % 3 == 0:
            b = -b
        quotient, rest = divmod(a * b + a, b)
        print(n, m, quotient * b + rest == a * b + a, abs(rest) < abs(b), rest * b >= 0, end=" ")
        show(a + b, a - b, a * b, a * a, a // b, a % b, a & b, a | b, a ^ b, quotient)
    shown = hex(a)
    print(int(shown, 16) == a, int(oct(a), 8) == a, int(bin(a), 2) == a, shown[:20], shown[-20:])
    size = (n + 1) * 8
    if a >= 0:
        b = a.to_bytes(size, "little")
        print(int.from_bytes(b, "little") == a, int.from_bytes(a.to_bytes(size, "big"), "big") == a, sum(b))
    print(-a == 0 - a, ~a == -a - 1, abs(a) == max(a, -a), a << n >> n == a, a >> 64 * n, -a >> 64 * n - 3, a < a + 1, a == a + 1 - 1)

for digits in [18, 19, 20, 37, 38, 39, 77, 300, 455, 456, 457, 460, 900, 2000, 4200]:
    text = str(next(random))[:3] + "0" * (digits // 3) + str(next(random)) * (digits // 10)
    text = text[:digits]
    value = int(text)
    print(str(value) == text, str(-value) == "-" + text, int("-" + text[:5] + "_" + text[5:]) == -value, "%d" % value == text, "{:+}".format(value) == "+" + text, value % PRIME)
    print(("%x" % value)[:30], "{:,}".format(value)[-30:], f"{value:_x}"[-30:], float(value) if digits < 300 else "")
    print(int(text, 11) % PRIME, int(text + "z", 36) % PRIME, int(text[1:].replace("8", "1").replace("9", "1"), 8) % PRIME)
for digits in [17, 18, 19, 20, 40, 400, 1000]:
    nines = int("9" * digits)
    print(nines == 10**digits - 1, str(nines + 1) == "1" + "0" * digits, str(nines).count("9"))

for base in [2, 3, 10, -7, 1 << 70, (1 << 70) * 5, 12345678901234567890]:
    for exponent in [0, 1, 2, 3, 17, 64, 65, 100]:
        show(base**exponent)
print(0**0, 0**5, (-1) ** (1 << 80), (-1) ** ((1 << 80) + 1), 1 ** (1 << 80), 0 ** (1 << 80), 0 << 0, 0 >> (1 << 62), -1 >> (1 << 60))

for base in [3, -3, 1 << 100, -(1 << 64) - 1]:
    for exponent in [0, 1, 5, 1 << 31, (1 << 40) - 1, 3**60, 3**200]:
        for modulus in [1, -1, 7, -7, (1 << 31) - 1, (1 << 62) + 1, (1 << 64) - 59, -(1 << 64), 10**20, -(10**20) - 39, 3**100, 7**250]:
            power = pow(base, exponent, modulus)
            print(power if abs(power) < 1 << 70 else power % PRIME, end=" ")
    print()

# MicroPython differs: it takes no underscores in the text that int() is given.
