# Numbers: ints of any size, floats, and conversions.
print(2**200 % 10**9, -7 // 2, -7 % 3, 7 // -2, divmod(-7, 2), 10**30 // 7, -(10**30) // 7)
print((1 << 100) >> 98, ~(2**70), 2**70 & 2**69 - 1, -(2**70) | 1, 12345678901234567890 * 98765432109876543210)
print(int("-ff", 16), int("0b101", 0), int(" 12 "), int(3.9), int("1_000"))
print(hash(2**70) == hash(float(2**70)), 2**70 == float(2**70))
print(1.5 // 0.4, -1.5 % 0.4, 2.0**0.5, 1e308 * 10, float("nan") != float("nan"), 1 / 3, 1e16, 1e23, 1e-307)
print(max(3, 1, 2), min([4, 2, 8], key=lambda x: -x), sum([1.5, 2]), abs(-5.5), round(1234, -2), round(2.5))
print((-1).to_bytes(2, "little", signed=True), int.from_bytes(b"\x01\x02", "big"), complex("1+2j") * 1j, pow(3, 200, 13))
