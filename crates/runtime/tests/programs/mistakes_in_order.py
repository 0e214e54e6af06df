# Which of two mistakes is noticed first.


def raised(work):
    try:
        return work()
    except Exception as error:
        return type(error).__name__, str(error)


for text in "ab", b"ab", bytearray(b"ab"):
    for method in text.startswith, text.endswith, text.find, text.count, text.index:
        print(*(raised(lambda: method(text, *ends)) for ends in (("a", []), ([], "a"), (0, []), ("a",), (None, "a"))))
for source in None, object(), 1.5:
    print(raised(lambda: bytes(source, 2)), raised(lambda: bytearray(source, 2)))
print(*(raised(lambda: bytes(source, 2)) for source in (2, -1, [1], [300], 2**70)))
print(raised(lambda: bytearray(2**70, 2, 3, 4)), raised(lambda: b"a".hex(1, 2)), raised(lambda: "a".startswith()))
print(raised(lambda: b"".decode("none")), raised(lambda: str(b"", "none")), raised(lambda: str("a", "none")))

# MicroPython differs: it lacks what Python has here.
