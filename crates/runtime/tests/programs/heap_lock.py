# What works without new objects.
import micropython
class A:
    def f(self):
        return 1
class B(A):
    def f(self):
        return super().f()
data, numbers, table, b, buffer = (1, 2, 3), [4, 5], {6: 7}, B(), bytearray(b"abcd")
total = first = 0
i = j = k = error = None
micropython.heap_lock()
for i in data:
    total += i
for i in numbers:
    total += i
for i in table:
    total += i
for i in b"xy":
    total += i
for i in range(3):
    total += i
i, j, k = data
total += sum(data) + max(data) + min(numbers) + b.f()
buffer[1:3] = b"XY"
first = all(data) and any(numbers) and 2 in data
try:
    raise ValueError
except ValueError as caught:
    error = caught
try:
    [].append(1)
except MemoryError:
    total += 1
micropython.heap_unlock()
print(total, i, j, k, buffer, first, type(error).__name__)

# Nothing grows in place, and a small number takes no memory however many bytes it has.
outcome = zero = little = big = 0
grown = bytearray(4)
micropython.heap_lock()
try:
    grown += b"01234567"
    outcome = 1
except MemoryError:
    outcome = 2
micropython.heap_unlock()
print(outcome, grown)

padded = bytes(12), b"\x07" + bytes(11), bytes(11) + b"\x07"
micropython.heap_lock()
zero = int.from_bytes(padded[0], "big")
little = int.from_bytes(padded[1], "little")
big = int.from_bytes(padded[2], "big")
micropython.heap_unlock()
print(zero, little, big)
