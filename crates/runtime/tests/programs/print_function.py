# The function print and its options.
print(); print(1, "a", None); print(1, 2, sep="-"); print("x", end="|"); print("y", "z", sep="", end="\n\n")
import sys, io
print("to stdout", file=sys.stdout)
out = io.StringIO(); print("a", 1, file=out, end=""); print(repr(out.getvalue()))
class W:
    def __repr__(self):
        return "repr"
    def __str__(self):
        return "str"
print(W(), [W()], {1: W()}, (W(),), "%s %r" % (W(), W()), "{} {!r}".format(W(), W()))
for bad in (lambda: print(1, x=2), lambda: print(1, sep=5)):
    try:
        bad()
    except TypeError as error:
        print(error)
