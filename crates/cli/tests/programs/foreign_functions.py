# Functions and variables of the C library, and functions that it calls.
import errno
import ffi
import uctypes


def library(*names):
    for name in names:
        try:
            return ffi.open(name)
        except OSError:
            pass
    raise SystemExit("no " + names[0])


libc = library("libc.so.6", "libc.so", "libc.dylib")
libm = library("libm.so.6", "libm.so", "libc.dylib")

print(libc.func("i", "abs", "i")(-7), libc.func("l", "labs", "l")(-(2**40)), libc.func("I", "toupper", "i")(ord("a")))
print(libc.func("L", "strlen", "s")("a name"), libc.func("L", "strlen", "p")(b"bytes"), libc.func("L", "strlen", "P")("é" * 50))
print(libc.func("q", "atoll", "s")("-9000000000000000000"), libc.func("Q", "strtoull", "spi")("18446744073709551615", None, 10))
print(libm.func("d", "pow", "dd")(2, 0.5), libm.func("f", "powf", "ff")(3, 4.0), libm.func("d", "ldexp", "di")(0.75, 4))
print(libc.func("s", "strchr", "si")("before,after", ord(",")), libc.func("s", "strchr", "si")("none", ord("x")))

target = bytearray(8)
print(libc.func("v", "memcpy", "ppL")(target, b"copied!", 7), target)
qsort = libc.func("v", "qsort", "pLLC")
calls = []


def compare(a, b):
    calls.append(1)
    return ffi.as_bytearray(a, 1)[0] - ffi.as_bytearray(b, 1)[0]


order = ffi.callback("i", compare, "pp")
text = bytearray(b"the quick brown fox")
qsort(text, len(text), 1, order)
print(text, len(calls) > len(text), order.cfun() > 0)


def fails(a, b):
    calls.append(1)
    raise ValueError("of the callback")


calls.clear()
try:
    qsort(text, len(text), 1, ffi.callback("i", fails, "pp"))
except ValueError as error:
    print(error, len(calls))


# A callback that calls C, which calls back.
def nested(a, b):
    inner = bytearray(b"cab")
    qsort(inner, 3, 1, order)
    return compare(a, b) if inner == b"abc" else 0


text = bytearray(b"zyx")
qsort(text, 3, 1, ffi.callback("i", nested, "pp", lock=True))
print(text)

# Addresses, and functions by them.
address = libc.addr("abs")
print(ffi.func("i", address, "i")(-3), str(libc)[:8], str(ffi.func("i", address, "i"))[:9])
print(ffi.open(None).func("i", "abs", "i")(-5))

for wrong in (
    lambda: libc.func("i", "there is no such function", "i"),
    lambda: ffi.open("there is no such library.so"),
    lambda: libc.var("i", "there is no such variable"),
):
    try:
        wrong()
    except OSError as error:
        print(error.errno == errno.ENOENT)
for wrong in (
    lambda: libc.func("x", "abs", "i"),
    lambda: libc.func("i", "abs", "v"),
    lambda: libc.func("i", "abs", "i")(),
    lambda: libc.func("i", "abs", "i")(1, 2),
    lambda: libc.func("i", "abs", "i")([]),
    lambda: libm.func("d", "pow", "dd")("a", 1),
):
    try:
        wrong()
    except TypeError as error:
        print("TypeError")
print(libc.close(), libc.close())
# MicroPython differs: the one that is compared with has no `ffi`.
