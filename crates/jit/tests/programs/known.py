# Built-in functions that machine code knows: `dict.get`, `abs`, methods that are bound, and slices put in place.


def count(words, n):
    counts = {}
    for _ in range(n):
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    return sorted(counts.items(), key=str)


# Equal strings that are different objects, names, ints, and keys that are equal without being the same.
words = "one two three one two one".split() + ["a" * 30, "a" * 30, "b" * 30] + [1, 2, 1, True, 1.0, None, (1, 2), (1, 2)]
print(count(words, 5))


def changing(n):
    d = {}
    out = []
    for i in range(n):
        key = "key %d" % (i % 3)
        out.append(d.get(key))
        if i % 4 == 0 and key in d:
            # Where the key was found, there is another or none.
            del d[key]
            d["other"] = i
        d[key] = i
        out.append(d.get(key, -1))
        if i % 7 == 6:
            d.clear()
        d[key] = d.get(key, 100) + 1
    return out, sorted(d.items())


print(changing(30))


def two(n):
    a, b = {}, {}
    for i in range(n):
        key = str(i % 2) + "x"
        a[key] = b.get(key, 0) + 1
        b[key] = a.get(key, 0) + 1
    return sorted(a.items()), sorted(b.items())


print(two(20))


def collected(n):
    import gc

    d = {}
    for i in range(n):
        key = "long enough to be an object %d" % (i % 5)
        d[key] = d.get(key, 0) + 1
        if i % 3 == 0:
            del key
            gc.collect()
    return sorted(d.items())


print(collected(30))


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n

    def __eq__(self, other):
        return isinstance(other, Key) and self.n == other.n


class Dict(dict):
    def get(self, key, default=None):
        return "own", key, default


def others(n):
    d = {}
    out = []
    for i in range(n):
        key = Key(i % 3)
        d[key] = d.get(key, 0) + 1
        out.append(Dict(a=1).get("a"))
        try:
            d.get([])
        except TypeError as error:
            out.append("TypeError")
        try:
            d.get(1, 2, 3)
        except TypeError as error:
            out.append("TypeError")
    return sorted(d.values()), out[:3], len(out)


print(others(9))


class Size:
    def __abs__(self):
        return "size"


def sizes(values, n):
    out = []
    for i in range(n):
        try:
            out.append(abs(values[i % len(values)]))
        except TypeError as error:
            out.append("TypeError")
    return out


print(sizes([3, -3, 1.5, -1.5, -0.0, 3 + 4j, -5j, -(1 << 70), True, Size(), "x", None], 24))
print(sizes([3 + 4j], 8), sizes([-2.5], 8))


def orbit(c, n):
    z = 0
    for i in range(n):
        z = z * z + c
        if abs(z) > 100:
            return i, z
    return n, z


print([orbit(complex(x / 4 - 1, x / 3), 12)[0] for x in range(6)])


# Methods that are bound, of built-in types.
def bound(n):
    a = list(range(5))
    insert, pop, append, index = a.insert, a.pop, a.append, a.index
    join, get = ",".join, {"k": "v"}.get
    out = []
    for i in range(n):
        insert(i % 5, pop(0))
        append(i)
        pop()
        out.append((index(0), join(["a", "b"]), get("k"), get("x", i), get("x")))
        try:
            pop(100)
        except IndexError as error:
            out.append("IndexError")
        try:
            insert(1)
        except TypeError as error:
            out.append("TypeError")
    return a, out


print(bound(8))


class Holder:
    def __init__(self):
        self.made = []
        self.add = self.made.append
        self.sort = self.made.sort


def held(n):
    holder = Holder()
    for i in range(n):
        holder.add(-i)
        holder.sort()
        holder.sort(reverse=True)
    return holder.made


print(held(6))


# Slices of lists that are put where as many items were, or others.
def flips(n):
    a = list(range(n))
    out = []
    for k in range(n):
        a[: k + 1] = a[k::-1]
        out.append(a[:])
        a[2:4] = [k]
        a[3:3] = [k, -k]
        a[100:] = [7]
        a[-1:200] = [8]
        a[:2] = (5, 6)
        a[1:3] = a
        del a[n:]
    return out


print(flips(8))
