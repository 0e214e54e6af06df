# Much text, bytes and lists: growth that moves memory.
text = ""
for i in range(200):
    text += str(i) + ","
print(len(text), text[:20], text[-12:], hash(text) == hash("".join([str(i) + "," for i in range(200)])))
b = bytearray()
for i in range(300):
    b.append(i & 255)
    b += bytes([i % 7])
print(len(b), b[5], b[-1], sum(b))
l = []
for i in range(300):
    l.insert(len(l) // 2, i)
print(len(l), l[0], l[149], l[-1], sum(l))
d = {}
for i in range(300):
    d[i * 7 % 307] = i
for i in range(0, 300, 3):
    del d[i * 7 % 307]
print(len(d), sum(d.values()), sorted(d)[:5])
s = set(range(100)) - set(range(0, 100, 2)); print(len(s), sum(s), sorted(s)[:3])
import io
out = io.StringIO()
for i in range(50):
    out.write("line %d\n" % i)
print(len(out.getvalue()), out.getvalue().count("\n"))
