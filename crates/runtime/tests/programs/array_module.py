# Arrays of numbers.
import array
for code in "bBhHiIlLqQfd":
    a = array.array(code, [1, 2, 3])
    print(a, len(a), a[1], list(a))
a = array.array("h", [1, 2]); a.append(3); a.extend([4, 5]); a[0] = -1; print(a, a[1:3], a[-1], a == array.array("h", [-1, 2, 3, 4, 5]), bytes(array.array("B", b"ab")))
a += array.array("h", [9]); print(a, array.array("h") + a, len(a))
a[1:3] = array.array("h", [7, 7, 7]); print(a, sum(a), max(a), array.array("i", range(3)), array.array("b", b"\xff"))
for bad in (lambda: array.array("x"), lambda: array.array("b", ["a"]), lambda: a[50], lambda: a.append("x")):
    try:
        bad()
    except (ValueError, TypeError, IndexError) as error:
        print(type(error).__name__, error)
