import crc

print(hex(crc.crc32(b"123456789")))
print(crc.crc32("6789", crc.crc32(bytearray(b"12345"))) == crc.crc32("123456789"))
print([crc.describe(n) for n in (0, 3, 1000)], crc.n_bytes())
try:
    crc.describe(-1)
except ValueError as error:
    print("ValueError:", error)
