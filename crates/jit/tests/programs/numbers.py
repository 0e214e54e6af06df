# Complex numbers and powers in machine code, and built-ins that are called while others are.
# MicroPython differs: it stores no slices with steps.


def escape(c, n):
    z = 0
    for i in range(n):
        z = z * z + c
        if abs(z) > 100:
            return i, z
    return n, z


for c in (complex(0.5, 0.5), complex(-1, 0), -0.1 + 0.65j, complex(1e200, 1e200), 2, 0.25):
    print(escape(c, 30))


def mixed(values, other):
    out = []
    for value in values:
        try:
            out.append((value + other, value - other, value * other))
        except TypeError:
            out.append("TypeError")
    return out


print(mixed([1j, 2 + 0j, 3, 1.5, True, "a", 1j] * 2, 1 - 2j))
print(mixed([1j, 2j, 3j] * 3, "b"))


def powers(values, exponent):
    out = []
    for value in values:
        try:
            out.append(value**exponent)
        except ZeroDivisionError:
            out.append("ZeroDivisionError")
        except TypeError:
            out.append("TypeError")
    return out


print(powers([0.5, 1.5, 2.0, -3.0, 0.0, 4, -2] * 2, 2))
print(powers([0.5, 1.5, -2.0, 0.0, 9, 4.0] * 2, -1))
print(powers([4.0, 2.25, 0.0, 16] * 3, 0.5))
print(powers([-1.0, 4.0] * 3, 0.5)[1::2])
print(powers([2.0, 3, "x", None, 2.0] * 2, 3))
print(powers([1e100, 2.0, float("inf"), float("nan")] * 2, 2.0))


def nested(n):
    out = 0
    for i in range(n):
        out += len(set(j & 7 for j in range(i))) + max(len("abc"), min(i, abs(-i)))
        setattr(State, "v", getattr(State, "v") + ord(chr(65 + (i & 7))))
    return out, State.v


class State:
    v = 0


print(nested(30))


def hidden(n):
    out = []
    for i in range(n):
        out.append(len([i] * i))
        if i == 20:
            globals()["len"] = lambda x: -1
    return out


print(hidden(30))
del globals()["len"]


def backward(items, n):
    for k in range(n):
        items[: k + 1] = items[k::-1]
        items[k:k] = (k,)
        items[1:3] = items
        items = items[:n]
        items[::2] = items[::-2] if n % 2 else items[::-2]
    return items


print(backward(list(range(9)), 9), backward(list(range(8)), 8))
print([[][::-1], [1][5::-1], [1, 2][:-9:-1], [1, 2, 3][1::-1], [1, 2, 3][-2::-1]])

size, low = len, min


def aliases(n):
    global size
    out = 0
    for i in range(n):
        out += size([0] * i) + low(i, 3) + low(3, i, 2)
        if i == 20:
            size = sum
    return out


print(aliases(30))
