# What Python's math, random, struct and errno have and MicroPython's do not. The output is CPython's.
import errno
import math
import random
import struct

print(math.gcd(), math.gcd(12, -18), math.gcd(2**100, 6**50) == 2**50, math.gcd(0, 5, 10), math.lcm(4, 6), math.lcm(), math.lcm(0, 3))
print([math.isqrt(n) for n in (0, 1, 2, 3, 4, 15, 16, 17)], math.isqrt(10**40 - 1), math.isqrt(10**40))
print(math.comb(5, 2), math.comb(3, 5), math.comb(100, 50), math.perm(5, 2), math.perm(4), math.perm(2, 3))
print(math.prod([2, 3, 4]), math.prod([], start=5), math.hypot(3, 4), math.hypot(), math.log1p(0.0))
for action in (lambda: math.isqrt(-1), lambda: math.log1p(-1), lambda: math.comb(-1, 2), lambda: math.gcd(1.5)):
    try:
        print(action())
    except (ValueError, TypeError) as error:
        print(type(error).__name__)

items = list(range(20))
random.shuffle(items)
print(sorted(items) == list(range(20)), sorted(random.sample(range(5), 5)), len(set(random.sample(items, 7))), random.sample([], 0))
print(set(random.choices([1, 2], k=40)) <= {1, 2}, len(random.choices("abc", k=9)))
print(all(0 <= random.getrandbits(100) < 2**100 for _ in range(50)), any(random.getrandbits(100) >> 64 for _ in range(50)))
print(all(2**70 <= random.randint(2**70, 2**70 + 2) <= 2**70 + 2 for _ in range(50)))
print(all(random.randrange(2**80, 0, -(2**78)) % 2**78 == 0 for _ in range(20)))
for action in (lambda: random.sample([1], 2), lambda: random.randint(2**70, 1)):
    try:
        print(action())
    except ValueError:
        print("ValueError")

for values in (1,), (1, 2, 3), ():
    try:
        print(struct.pack("bb", *values))
    except struct.error:
        print("error")
print(struct.pack("2sxb", b"ab", 1), errno.errorcode[errno.ENOTSUP], errno.errorcode[errno.EOPNOTSUPP])

# MicroPython differs: it has none of this.
