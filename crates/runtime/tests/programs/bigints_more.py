# Arithmetic of large ints: identities that must hold.
a, b = 12345678901234567890123456789, -98765432109876543210
print(a * b // b == a, (a + b) - b == a, divmod(a, b), a == (a // b) * b + a % b, b == (b // a) * a + b % a)
print(a & b, a | b, a ^ b, ~a, (a & b) + (a | b) == a + b, a << 5 == a * 32, a >> 3 == a // 8, b >> 3 == b // 8)
f = 1
for i in range(1, 31):
    f *= i
print(f, f // (1 << 64), f % 1000007, str(f)[::1][:5], len(str(f)), pow(7, 200, 10 ** 20), pow(a, 3, 1 << 61))
print(int(str(a)) == a, int(hex(a), 16) == a, int("%x" % a, 16) == a, float(a), a / b, hash(a) == hash(int(str(a))), a > b, -a < b, abs(b))
x = 1 << 62; print(x - 1 + 1 == x, -x - 1, x * x, (x - 1) * 2, x // -1, -(-x))
