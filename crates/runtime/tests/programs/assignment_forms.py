# Assignment to several targets, parts and stars.
a = b = c = []
a.append(1); print(b, c is a)
a, b = 1, 2; a, b = b, a; print(a, b)
[a, [b, c]] = 1, "xy"; print(a, b, c)
a, *b = [1]; print(a, b); *a, b = range(4); print(a, b); a, *b, c = "hello"; print(a, b, c)
d = {}; d["x"], d["y"] = 1, 2; print(d["x"], d["y"])
class O: pass
o = O(); o.a, o.b = "p", "q"; print(o.a, o.b)
l = [0, 0, 0]; l[0], l[1:] = 5, [6, 7, 8]; print(l)
i = 0; i, l[i] = 2, 9; print(i, l)
(x) = 5; (y,) = [6]; print(x, y)
print((n := 10) + n, [m := 1, m + 1])
for bad in ("a, b = 1", "a, b = 1, 2, 3", "a, *b = ()", "[a] = []"):
    try:
        exec(bad)
    except (TypeError, ValueError) as error:
        print(bad, "-", error)
