# Slices of lists: reading, storing, deleting.
a = list(range(10))
print(a[2:5], a[:3], a[-3:], a[::2], a[::-1], a[8:2:-2], a[5:2], a[20:], a[-100:2], a[:])
a[2:4] = ["x", "y", "z"]; print(a)
a[:0] = [-1]; a[len(a):] = [99]; a[3:3] = (7, 7); print(a)
del a[0]; del a[-1]; del a[1:4]; print(a)
a[1:] = []; print(a); del a[:]; print(a)
b = [1, 2, 3]; b[1:2] = b; print(b)
for bad in ("a[::2] = [1]", "del a[::2]", "a[5] = 1", "del a[5]"):
    a = [1, 2, 3, 4]
    try:
        exec(bad); print(a)
    except (NotImplementedError, IndexError, ValueError) as error:
        print(bad, type(error).__name__)

# MicroPython differs: it lacks what Python has here.
