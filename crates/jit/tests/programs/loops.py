# Loops whose variables change their types, at a turn that the code made before did not see.


def count(n):
    s = 0
    i = 0
    while i < n:
        s = s + (i & 7)
        i = i + 1
    return s


print(count(1000), count(1000.5), count(True))


def grow(n):
    # An int beyond a machine word, and back.
    a = 1
    for i in range(n):
        a = a * 3
    for i in range(n):
        a = a // 3
    return a


print(grow(100))


def change(values):
    total = 0
    for value in values:
        try:
            total = total + value
        except TypeError as error:
            total = total - 1
    return total


print(change([1, 2, 3]), change([1, 2.5, 3]), change([1, 1 << 80, None, 0.5, "s"]), change((True, 2)))


def edges():
    top = (1 << 62) - 1
    out = []
    for a in (top, -top - 1, 7, -7, 0):
        for b in (1, -1, 3, -3, 63, 64):
            out.append((a + b, a - b, a * b, a // b, a % b, a ^ b, a & b, a | b, -a, ~a))
            if b >= 0:
                out.append((a >> b, a << b))
    return out


for line in edges():
    print(line)


def ranges():
    out = []
    for step in (1, 2, -1, -3, 1 << 61):
        n = 0
        for i in range(0, 7 if step > 0 else -7, step):
            n += i
            if i > 1 << 60:
                break
        out.append(n)
    for i in range((1 << 62) - 3, (1 << 62) - 1):
        out.append(i)
    return out


print(ranges())


def nested(n):
    found = 0
    for i in range(n):
        for j in range(i):
            if i % (j + 1) == 0 and not j & 1:
                found += 1
            elif j > 5:
                continue
            else:
                found -= 1
    else:
        found += 1000
    return found


print(nested(40))


def unset(n):
    for i in range(n):
        if i > 5:
            try:
                return late
            except NameError as error:
                print("NameError")
        if i == 8:
            late = i
    return None


print(unset(12))


def deleted(n):
    for i in range(n):
        value = i
        del value
        try:
            value
        except NameError:
            continue
    return "deleted"


print(deleted(10))
