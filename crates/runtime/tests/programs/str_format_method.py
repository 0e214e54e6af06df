# The method format and its specifications.
print("{} {}".format(1, 2), "{1} {0}".format(1, 2), "{a} {b}".format(a=1, b=2), "{0}{x}{0}".format(1, x=2), "{{}}".format())
print("{:5}|{:<5}|{:>5}|{:^5}|{:*^5}".format("ab", "ab", "ab", "ab", "ab"), "{:.2}".format("abcdef"))
print("{:d} {:b} {:o} {:x} {:X} {:c} {:n}".format(10, 10, 10, 255, 255, 65, 5), "{:#b} {:#o} {:#x}".format(5, 8, 255))
print("{:+d} {:-d} {: d} {:05d} {:,}".format(5, 5, 5, -5, 1234567), "{:=5d}|{:<5d}|{:^5d}".format(-1, -1, -1))
print("{!r} {!s}".format("a", "a"), "{:{}}|{:{w}.{p}f}".format("a", 5, 3.14159, w=8, p=2), "{:>{}}".format("x", 4))
for bad in ("{", "}", "{0}{}", "{x}", "{!z}", "{:d}", "{:Q}"):
    try:
        print(bad.format("a"))
    except (ValueError, IndexError, KeyError) as error:
        print(type(error).__name__, error)
