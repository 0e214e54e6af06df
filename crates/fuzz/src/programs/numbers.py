# Any text as a number.
def seeds():
    texts = ("10:0x1f", "00:0b1_01", "16:-ff", "36:zz", "10: 123456789012345678901234567890 ")
    floats = ("10:1e-400", "10:-1.5E+3", "10:nan", "10:1_0.5", "10:12.5j", "10:0.1+2e3j", "10:1" + "0" * 40 + ".5")
    return [text.encode() for text in texts + floats]


def attempt(function, *args):
    try:
        return function(*args)
    except (ValueError, TypeError, OverflowError, SyntaxError, UnicodeError):
        return None


def run(data):
    base = attempt(int, data[:2]) or 0
    data = data[3:400]
    for text in (data, attempt(str, data, "utf8") or ""):
        for n in (attempt(int, text), attempt(int, text, base)):
            if n is not None:
                assert int(str(n)) == n, n
                assert int(hex(n), 0) == n, n
        f = attempt(float, text)
        if f is not None and f == f:
            assert float(repr(f)) == f, text
            attempt(int, f)
            for spec in ("%.3f", "%g", "%.17e", "%r"):
                spec % f
        attempt(complex, text)
        attempt(eval, text)
