# The type bytes.
print(bytes(), bytes(3), bytes([1, 2, 255]), bytes("aä", "utf-8"), bytes(b"x"), bytes(bytearray(b"y")), bytes(range(3)))
b = b"hello\x00\xff"
print(len(b), b[0], b[-1], b[1:3], b[:-1], list(b[:3]), 104 in b, b"ll" in b, b"x" in b, b == b"hello\x00\xff", b < b"i")
print(b.find(b"l"), b.rfind(b"l"), b.count(b"l"), b.startswith(b"he"), b.replace(b"l", b"L"), b.split(b"l"), b.hex(), b.hex(":"))
print(b"a,b".split(b","), b" x ".strip(), b"-".join([b"a", b"b"]), b"AbC".lower(), b"ab" * 2, b"a" + b"b", b"ab".center(6), bytes.fromhex("01ff 20"))
print(b"abc".decode(), "aä".encode(), b"a\xc3\xa4".decode("utf-8"), hash(b"a") == hash(b"a"), b"a" == "a")
for bad in (lambda: bytes([256]), lambda: bytes("a"), lambda: b"a" + 1, lambda: b"\xff".decode(), lambda: bytes(-1), lambda: b[99]):
    try:
        bad()
    except (ValueError, TypeError, IndexError) as error:
        print(type(error).__name__)
# Text has bytes, too.
print(b"a" + "bä", b"a" < "b", b"b" < "a", b"a" == "a", "a" == b"a")

# MicroPython differs: it warns of comparisons between str and bytes.
