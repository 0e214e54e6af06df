# Strings that are names or objects, identity, and sequences that are unpacked.


def count(words, wanted):
    n = 0
    for word in words:
        if word == wanted:
            n += 1
        if not word != "b":
            n += 100
        if word != wanted and not word == "c":
            n += 10000
    return n


def joined(*parts):
    return "".join(parts)


long = "x" * 40
print(count(["a", "b", "c"] * 20, "a"))
print(count(["a", "b", joined("a")] * 20, "a"))
print(count([joined("x" * 20, "x" * 20), "b", long] * 20, long))
print(count([1, 2.0, None, "a", ("a",)] * 10, "a"))
print(count(["a", 1, "a"] * 10, 1))
print(count([long, "a"] * 20, joined(long)))


class Odd:
    def __eq__(self, other):
        return other == "b"

    def __ne__(self, other):
        raise ValueError(other)


try:
    print(count(["a"] * 30 + [Odd()], "b"))
except ValueError as error:
    print("ValueError", error)


def same(a, b, n):
    found = []
    for _ in range(n):
        found.append((a is b, a is not b, a is None, not (a is b)))
    return found[-1]


for a in (None, 1, 1.5, "a", [], True, 1 << 70):
    for b in (None, 1, "a", True):
        print(same(a, a, 3), same(a, b, 3))


def floats(n):
    x = 0.5
    kept = None
    hits = 0
    for i in range(n):
        x = x * 1.5
        y = x
        if y is x:
            hits += 1
        if kept is x:
            hits += 100
        if x is not None:
            hits += 10000
        kept = y
    return hits, kept is y


print(floats(40))


def unpacked(pairs):
    total = 0
    for a, b in pairs:
        c, (d, e) = b, (a, b)
        total += a * 3 + c - d + e
    return total


print(unpacked([(1, 2)] * 30))
print(unpacked([[1, 2], (3, 4)] * 30))
print(unpacked([(1.5, 2)] * 30))
print(unpacked({1: 2, 3: 4}.items()))
for wrong in ((1,), (1, 2, 3), [1, 2, 3], [], 5, None, "abc"):
    try:
        print(unpacked([(1, 2)] * 30 + [wrong]))
    except (ValueError, TypeError) as error:
        print(type(error).__name__)


def swap(n):
    a, b, c = 1, 2.5, "three"
    for _ in range(n):
        a, b, c = c, a, b
        x, y = [b, c]
    return a, b, c, x, y


for n in range(30, 34):
    print(swap(n))


class Wide:
    def __iter__(self):
        return iter((7, 8))


print(unpacked([(1, 2)] * 30 + [Wide()] * 3))

# Slices of text.
text = "one two " + "three " * 60
wide = text + "\u00e4\u00f6\u20ac" + text
for string in (text, wide):
    print([string[i : i * 2] for i in range(0, 40, 13)], string[-9:-2], string[360:380], string[5:2], string[1000:])


total = 0
ratio = 1.0


def store(n):
    global total, ratio, late
    for i in range(n):
        total = total + i
        ratio = ratio * 0.5 + i
        if i == 10:
            late = total
        if i > 12:
            late = late + 1
        if i == 20:
            del total
            total = i
    return total, ratio, late


print(store(40), total, ratio, late)
