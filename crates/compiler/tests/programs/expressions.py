# Every expression, in most of its forms.
x = y = z = w = f = None
x or y or z
x and y and z
not x
x < y, x > y, x == y, x <= y, x >= y, x != y, x in y, x not in y, x is y, x is not y
x < y < z
x < y == z in w is not x
x | y | z, x ^ y, x & y, x << y >> z, x + y - z, x * y / z // w % x @ y
+x, -x, ~x, -(-x), x ** y, -x ** -y
x if y else z
x if y else z if w else f
lambda: x
lambda x, y=1, *z, w=2, **f: x
lambda *, x: x
f()
f(x, y, z)
f(x, y=1, z=w)
f(*x)
f(x, *y, z, *w)
f(**x)
f(x, *y, z=1, **w)
f(x for x in y)
f(x := 1)
x.y(z)
x.y.z(*w)
x.y()()
x.y[0](z).w
x[y], x[y, z], x[1:], x[:2], x[1:2], x[::3], x[1:2:3], x[:], x[::], x[:, ::2, ...], x[1:2,]
(), (x,), (x, y), [], [x], [x, y], {}, {x: y}, {x: y, z: w}, {x}, {x, y, z}, {x,}
[x for x in y]
[x for x in y if z for w in x]
{x for x in y}, {x: y for x, y in z}
list(x for x in y)
(x for x in y)
1, 47, 48, -16, -17, 63, 64, -64, -65, 8191, 8192, 1 << 29, (1 << 30) - 1, 1 << 30, -(1 << 30), -(1 << 30) - 1
1 << 62, 1 << 63, 1 << 100, 123456789012345678901234567890, -5 ** 40
0.5, 1e100, -0.0, 0.0, 1e16, 123456789.125, 1.5e-7, 2j, 0.1 + 0.2
"", "a", "ten bytes!", "eleven byte", 'a\n\x00\u1234', b"", b"bytes", b"\xff", "eleven byte"
None, True, False, ...
(1, 2, (3, "x", b"y", None)), (1, 2, (3, "x", b"y", None)), (1.0, 2), (True, 2), (0.0,), (-0.0,)
"a" "b" "c", b"a" b"b"
f"{x} {y!r} {z:>10} {w=} {{}}", f"", f"a", f"{x:{y}}"
"%s" % x, "{}".format(x)
print(x, end="")
(yield_) if x else (y := z)
