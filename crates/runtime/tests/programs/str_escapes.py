# Literals and the printed form of strings.
for text in ("a'b", 'a"b', "a'b\"c", "tab\tnew\nline\\", "\x00\x1f\x7f", "\u00e4\u20ac\U0001f600", r"raw\n", """three
lines"""):
    print(text)
    print(repr(text))
print("a" "b" 'c', "\101\x41\u0041")
print(repr(b"a'b"), repr(b'\x00\xff"'), b"\t\n\r\\")

# MicroPython differs: repr() escapes all characters that are not ASCII there; here those that cannot be printed, as in CPython.
