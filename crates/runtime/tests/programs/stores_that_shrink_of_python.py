# Slices whose new items change the sequence that they are put into.
# MicroPython differs: slices take bytes and arrays only there.
b = bytearray(100)
def g():
    for i in range(15):
        b[50:] = b""
        yield i
b[80:90] = g()
print(len(b), b[45:])
b = bytearray(range(10))
def g():
    b[:] = b""
    yield 7
b[2:6] = g()
print(b)
b = bytearray(range(10))
def g():
    b[2:] = b""
    yield 1
    yield 2
b[2:10:4] = g()
print(b)
l = list(range(10))
def g():
    l[:] = []
    yield 1
l[3:7] = g()
print(l)
