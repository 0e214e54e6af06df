# The type bytearray: bytes that change.
b = bytearray(b"abc")
b.append(100); b.extend(b"ef"); b += b"g"
print(b, len(b), b[0], b[-1], b[1:3], b == b"abcdefg", 97 in b)
b[0] = 65; b[1:3] = b"XYZ"; b[-1:] = b""
print(b)
b[:0] = b"<<"; b[len(b):] = b">>"
print(b, bytes(b), list(b))
b *= 2
print(b, b.find(b">"), b.replace(b"<", b"["), b.decode())
for bad in (lambda: b.append(256), lambda: b.extend(5), lambda: b[1000]):
    try:
        bad()
    except (ValueError, TypeError, IndexError) as error:
        print(type(error).__name__, error)
print(bytearray(3), bytearray("aä", "utf-8"), bytearray([1, 2]), bytearray(), bytearray(b"a") + b"b", bytearray(b"b") > b"a")

# MicroPython differs: a bytearray has neither `in` with an int nor `*` there.
