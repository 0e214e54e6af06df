# Methods of text that MicroPython leaves out. The output is CPython's.
text = "Hello wOrld, it's 2 o'clock"
for name in "title", "capitalize", "swapcase", "casefold", "upper", "lower":
    print(getattr(text, name)(), getattr("ÉTÉ straße ñ", name)())
    if name != "casefold":
        print(getattr(text.encode(), name)())
for subject in "abc", "", "12", "a1", "A b", "é", "Éa", "  ", "Title Case", "UP", "½", "a_b", "1a", "x\x00", "\u2028":
    print(repr(subject), [getattr(subject, name)() for name in (
        "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric",
        "isprintable", "isspace", "istitle", "isupper")])
for width in 0, 3, 4, 7, 8:
    print([method(width, "*") for method in ("abc".ljust, "abc".rjust, "abc".center)], b"abc".ljust(width), "-1".zfill(width))
print("é".rjust(3, "€"), bytearray(b"x").center(4), "+5".zfill(4), "".zfill(2))
for fill in "", "ab":
    try:
        "abc".ljust(10, fill)
    except TypeError as error:
        print(error)
print("prefix-body".removeprefix("prefix-"), "body.py".removesuffix(".py"), b"abc".removeprefix(b"x"), "".removesuffix(""))
print("a\tbc\td\n\te".expandtabs(), "1\t2".expandtabs(4), "é\té".expandtabs(tabsize=3), b"\t|".expandtabs(2))
table = str.maketrans("abc", "xyz", "d")
print(table, "abcd€".translate(table), "abc".translate({97: None, 98: "BB", 99: 0x20AC}))
print(str.maketrans({"a": "1", 98: None}), b"hello".translate(bytes.maketrans(b"el", b"ip")), b"hello".translate(None, b"l"))
print("a b  c d".rsplit(None, 1), "a b  c d ".rsplit(None, 2), " a ".rsplit(None, 1), "".rsplit(None, 3), "  x y".rsplit(None, 9))
print("{a} {b!r:>5}".format_map({"a": 1, "b": "x"}))
print(repr("a\xa0\xad\u200b\u0301e\uffff\U0001f600"), ascii("é€😀'"), ascii([1, "ñ"]))

# Encodings and keywords.
print(str(b"caf\xe9", "latin-1"), str(b"\x80\x93", encoding="CP1252"), b"caf\xc3\xa9".decode("UTF_8"), str(object=b"x", encoding="ASCII"))
print(bytes("aé€", encoding="utf8"), "é".encode("ISO-8859-1"), "€é".encode("cp1252"), "aé".encode("ascii", "replace"))
print("aé€".encode("ascii", errors="backslashreplace"), b"a\xffb".decode(errors="ignore"), b"a\xffb".decode("ascii", "replace"))
print(bytearray("é", "latin1"), bytes(source=[1, 2]))
for action in (lambda: "€".encode("latin-1"), lambda: b"\x81".decode("cp1252"), lambda: "a".encode("klingon"), lambda: str(b"a", encodings="utf8")):
    try:
        print(action())
    except (UnicodeError, LookupError, TypeError) as error:
        print([kind.__name__ for kind in (UnicodeError, LookupError, TypeError) if isinstance(error, kind)])


# Fields that go into values.
class Point:
    def __init__(self):
        self.x = [10, {"k": "v"}]

    def __format__(self, spec):
        return "<" + spec + ">"


point = Point()
print("{0.x[0]} {p.x[1][k]} {p:abc} {p} {0:{w}}".format(point, p=point, w="w"), f"{point:x}", format(point), format(point, "y"))
for pattern in "{:,b}", "{:,x}", "{0[}", "{0.}", "{0[a]b}":
    try:
        print(pattern.format(7))
    except (ValueError, TypeError, AttributeError) as error:
        print(type(error).__name__)
print("{:_b} {:,} {:_x}".format(1000, 1234567, 1 << 20))

# MicroPython differs: it has none of this.
