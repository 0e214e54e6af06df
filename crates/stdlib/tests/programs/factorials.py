# Factorials: products of all factors, in an order of the library's.
import math

product = 1
for n in range(300):
    if n:
        product *= n
    if math.factorial(n) != product:
        print("wrong:", n)
print(math.factorial(0), math.factorial(True), math.factorial(20), math.factorial(21), math.factorial(1000) % (1 << 89) - 1, math.factorial(1000) >> 8000)
for n in (-1, 10**9, 1 << 62):
    try:
        print(math.factorial(n))
    except (ValueError, MemoryError, OverflowError) as error:
        print(type(error).__name__)
try:
    math.factorial("3")
except TypeError as error:
    print("TypeError")

# MicroPython does not end: it begins to multiply whatever the number.
