# Bytes as text in every code, and as formats.
import binascii
import marshal


def seeds():
    return [b"{:>10.3f} {a!r:^{w}} {0[1]} {{}}", b"%-5d %s %(a)r %#x %%", b"aGVsbG8gd29ybGQ=\n", b"\xe2\x82\xac\xf0\x9f\x98\x80\xed\xa0\x80", b"68 65 6c"]


def attempt(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except AssertionError:
        raise
    except Exception:
        return None


def run(data):
    for back, code in ((binascii.a2b_base64, binascii.b2a_base64), (binascii.unhexlify, binascii.hexlify)):
        assert back(code(data)) == data
        attempt(back, data)
    attempt(bytes.fromhex, data)
    attempt(marshal.loads, data)
    attempt(lambda: data % (1, 2, 3))
    text = attempt(str, data, "utf8")
    if text is None:
        return
    assert text.encode() == data
    # As in MicroPython, what looks like UTF-8 may be of characters that no literal has, or longer than it has to be.
    if all(ord(character) < 0x110000 and character == chr(ord(character)) for character in text):
        assert eval(repr(text)) == text, data
    assert eval(repr(data)) == data, data
    attempt(text.format, 1, "two", 3.5, a=b"x", w=7)
    attempt(text.format, [1, 2], 10**30, a=None, w="5")
    for args in ((1,), ("a", 2.5), (3, 10**20, "x"), {"a": 1}, 7):
        attempt(lambda: text % args)
    for n in (1, 2.5, "text"):
        attempt(format, n, text)
    for name in ("upper", "lower", "strip", "split", "splitlines", "title", "isspace", "isalpha"):
        attempt(lambda: getattr(text, name)())
    half = text[: len(text) // 2]
    for name in ("find", "count", "split", "rsplit", "partition", "rpartition", "startswith", "strip", "index"):
        attempt(lambda: getattr(text, name)(half))
        attempt(lambda: getattr(half, name)(text))
    assert not half or text.replace(half, half) == text
