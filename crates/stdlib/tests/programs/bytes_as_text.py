# binascii: hexadecimal digits, base 64, and checksums.
import binascii


def attempt(function, *args, **keywords):
    try:
        print(function(*args, **keywords))
    except Exception as error:
        print(repr(error))


for data in b"", b"\x00\xff", b"text", bytearray(b"array"), memoryview(b"view")[1:]:
    digits = binascii.hexlify(data)
    print(digits, binascii.unhexlify(digits) == bytes(data))
print(binascii.hexlify(b"abc", ":"), binascii.unhexlify("0aF0"))
for wrong in "0", "0g", b"12 3", 5:
    attempt(binascii.unhexlify, wrong)

for length in range(10):
    data = bytes(range(250, 250 + min(length, 6))) + b"xyz"[: max(0, length - 6)] if length < 6 else bytes(range(length))
    text = binascii.b2a_base64(data)
    print(text, binascii.a2b_base64(text) == data, binascii.b2a_base64(data, newline=False))
for text in b"", "QUJD", "Q U\nJ-D", b"QUI=", b"QQ==", b"QQ==QQ==", b"QQ=", b"QQ", b"Q", b"QQ=Q", b"=QUJD", b"QUI=x", b"+/+/":
    attempt(binascii.a2b_base64, text)
attempt(binascii.b2a_base64, 5)
attempt(binascii.b2a_base64, b"", True, True)
attempt(binascii.b2a_base64, b"", other=1)

print(binascii.crc32(b""), hex(binascii.crc32(b"123456789")), hex(binascii.crc32(b"6789", binascii.crc32(b"12345"))))
attempt(binascii.crc32, 1)
