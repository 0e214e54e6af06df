# Strings and bytes: formatting, searching, splitting.
print("%s %r %5.2f|%-6s|%+d|%x|%o|%e|%g|%c|%%" % ("a", "b", 3.14159, "z", 5, 255, 8, 12345.678, 1e-5, "q"))
print("{0}{1}{0} {a!r:>6}".format(1, 2, a="x"))
print("{:08.3f}|{:+}|{:^9}|{:>{w}}|{:,}|{:_}|{:#x}|{:e}|{:%}".format(3.14159, 5, "mid", "r", 1234567, 1234567, 255, 12345.0, 0.25, w=6))
print("a,b,,c".split(","), " a  b ".split(), "a b c".split(None, 1), "a,b,c".rsplit(",", 1), "x".join(["1", "2"]))
print("hello".replace("l", "L", 1), "abc".find("c"), "abcabc".rfind("b"), "aXbX".count("X"), "abc".partition("b"))
print("Hello".upper(), "a\nb\r\nc".splitlines(True), "abcdef"[1:-1], "abc".startswith(("z", "ab")))
print(b"abc".hex(), bytes.fromhex("61 62"), bytearray(b"xyz")[1:], b"a%db" % 5, memoryview(b"abcd")[1:3].hex())
print(ord("é"), chr(8364), len("€uro"), "€uro"[0:2], "cd" in "abcdef")
