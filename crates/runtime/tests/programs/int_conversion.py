# Making ints of text, floats and bytes, and bytes and text of ints.
print(int("12"), int(" -12 "), int("0x1f", 16), int("1f", 16), int("0b101", 0), int("0o17", 0), int("zz", 36))
print(int("1" * 30), int(1.9), int(-1.9), int(1e20), int(True), int())
for text in ("", "1a", "0x", "--1", "1 2"):
    try:
        int(text)
    except ValueError as error:
        print(error)
for value in (float("nan"), float("inf")):
    try:
        int(value)
    except (ValueError, OverflowError) as error:
        print(type(error).__name__, error)
print((258).to_bytes(4, "big"), (258).to_bytes(4, "little"), (1 << 70).to_bytes(10, "big"))
print(int.from_bytes(b"\x01\x02", "big"), int.from_bytes(b"\x01\x02", "little"), int.from_bytes(b"\xff" * 9, "big"))
try:
    (258).to_bytes(1, "big")
except OverflowError as error:
    print(error)
print(hex(255), hex(-255), oct(8), bin(5), bin(-5), hex(1 << 66))
print(str(1 << 80), repr(-(1 << 80)), "%d" % (1 << 80), "{:x}".format(1 << 80))
