# Formatting with the operator %.
print("%s %r %d %i %u" % ("a", "a", 5, 6, 7), "%5d|%-5d|%05d|%+d|% d" % (1, 2, 3, 4, 5))
print("%x %X %o %#x %#o" % (255, 255, 8, 255, 8), "%c%c" % (65, "B"), "%%", "%5s|%-5s|%.2s" % ("ab", "ab", "abcdef"))
print("%5.1f|%-8.2f|%e" % (3.14159, 2.5, 1000.0), "%*d|%-*d" % (5, 1, 5, 2), "%.*f" % (2, 3.14159))
print("%(a)s-%(b)d" % {"a": "x", "b": 3}, "%s" % (None,), "%s" % [1], "%s" % {}, "%r" % ("x",))
for bad in (lambda: "%d" % "x", lambda: "%s %s" % "a", lambda: "%s" % ("a", "b"), lambda: "%(a)s" % {}, lambda: "%" % 1):
    try:
        bad()
    except (TypeError, ValueError, KeyError) as error:
        print(type(error).__name__, error)
print(b"%s %d" % (b"bytes", 5), "%s" % 1.5, "%s %s" % (1, 2))
