import random
random.seed(1)
print([random.getrandbits(n) for n in (1, 8, 16, 31, 32)])
print([random.randrange(n) for n in (1, 2, 3, 10, 1000, 1 << 31)])
print(random.randrange(5, 9), random.randrange(-20, 20, 7), random.randrange(20, -20, -7))
print([random.randint(-3, 3) for _ in range(20)])
print(random.choice("abcdef"), random.choice([1, 2, 3]))
print(random.random(), random.random(), random.uniform(-1, 5))
random.seed(-5)
print(random.getrandbits(32))
random.seed(1 << 80 | 77)
print(random.getrandbits(32), random.getrandbits(0))
for f, args in ((random.randrange, (0,)), (random.randrange, (2, 1)), (random.randrange, (1, 2, 0)), (random.randint, (2, 1)), (random.choice, ([],)), (random.getrandbits, (33,)), (random.getrandbits, (-1,)), (random.randrange, ("a",))):
    try:
        print(f(*args))
    except Exception as e:
        print(repr(e))

# MicroPython differs: it has no more than 32 bits at once.
