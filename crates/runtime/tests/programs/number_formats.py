# Every presentation of numbers that format knows.
# MicroPython differs: it has no separators in floats.
for spec in ("", "d", "5d", "<5d", ">5d", "^5d", "05d", "+d", " d", "x", "#x", "X", "o", "#o", "b", "#b", ",d", "e", "f", ".1f", "g", "%", "c", "=+7d", "*^9d"):
    print(repr(spec), "|" + ("{:" + spec + "}").format(65) + "|", end=" ")
print()
for spec in ("", "f", ".0f", ".1f", "8.2f", "<8.2f", "+.2f", "08.2f", "e", ".1e", "E", "g", ".3g", "G", "%", ".1%", ",.2f"):
    print(repr(spec), "|" + ("{:" + spec + "}").format(1234.5678) + "|", end=" ")
print()
for spec in ("%d", "%5d", "%-5d|", "%05d", "%+d", "% d", "%x", "%#x", "%o", "%s", "%r", "%f", "%.2f", "%e", "%g", "%c"):
    print(spec, spec % 42, end=" ")
print()
print("{:.3f} {:.0f} {:g} {:e}".format(0.0005, 0.5, 1e20, 0), "%.10f" % (1 / 3), "{:10.4}|{:<10.4}|".format(3.14159, 2.71828))
