# Augmented assignment to names, attributes and items, evaluated once.
a = 1; a += 2; a *= 5; a -= 1; a //= 3; a **= 2; a %= 7; a |= 8; a &= 12; a ^= 5; a <<= 2; a >>= 1; print(a)
b = [1]; c = b; b += [2]; print(c is b, c); t = (1,); u = t; t += (2,); print(u, t)
s = "a"; s += "b"; s *= 2; print(s); f = 1.5; f /= 2; print(f)
calls = []
def index(i):
    calls.append(i)
    return i
items = [1, 2, 3]; items[index(1)] += 10; print(items, calls)
d = {"k": 1}; d["k"] += 1; print(d)
class C:
    n = 5
x = C(); x.n += 1; print(x.n, C.n)
l = [[0]]; l[0] += [1]; l[0][0] -= 5; print(l)
try:
    (1,)[0] += 1
except TypeError as error:
    print(error)
