# A name is looked for among the module's variables each time, though it was found among the built-ins before.


def size(x):
    return len(x)


print(size("abc"), size("abc"))
len = lambda x: "own"
print(size("abc"))
del len
print(size("abc"))

globals()["".join(["l", "en"])] = lambda x: "by a string"
print(size("abc"))
del globals()["len"]
print(size("abc"))

globals().update({"len": lambda x: "updated"})
print(size("abc"))
globals().pop("len")
print(size("abc"))

scope = {}
exec("def count(x): return max(x)", scope)
print(scope["count"]([1, 2]))
scope["max"] = min
print(scope["count"]([1, 2]))
scope.clear()

# Methods of built-in types are the same for all objects, those of instances need not be.
text, numbers = "a-b", [3, 1, 2]
for _ in range(2):
    print(text.split("-"), numbers.index(1), numbers.__class__ is list, iter(numbers).__next__())


class Text(str):
    def split(self, by):
        return "own split", by


for value in (text, Text("c-d"), text):
    print(value.split("-"))
for call in (lambda: "".split("x", 1, 2, 3), lambda: numbers.pop(), lambda: numbers.pop(5, 5), lambda: (1).nothing()):
    try:
        print(call())
    except Exception as e:
        print(type(e))

# Keys that are equal, and keys that only look alike, in small and in large maps.
for n in (3, 30):
    keys = {}
    for i in range(n):
        keys[i] = keys[str(i)] = keys[(i, i + 1)] = keys["name" + str(i)] = i
    keys[True] = "true"
    keys[2.0] = "float"
    print(len(keys), keys[1], keys[1.0], keys[2], keys["2"], keys[(1, 2)], keys[(1.0, 2)], (2, 1) in keys, "name2" in keys)
    print([key for key in list(keys) if type(key) is int][:4], 3.5 in keys, None in keys, keys.get("name"), keys.get(n))
    for i in range(n):
        del keys[i], keys["name" + str(i)]
    print(len(keys), keys.get(0), keys.get("name1"), keys[("1", 2)[0]])
seen = set()
for x in (1, 1.0, True, "a", "a" + "", (1,), (True,), (1.0,), None, 2**70, 2**70):
    seen.add(x)
print(len(seen))

# Orders of strings and tuples, and of what is in tuples.
print(sorted(["b", "a" * 12, "ab", "", "a"]), sorted([(1, "b"), (1, "a"), (0, "z"), (1,), ()]))
print((1, 2) < (1, 2.5), ("a", 1) < ("a", 0), (1, (2, "x")) < (1, (2, "y")), max(("b", 1), ("a", 2)), (1, 2) == (1.0, True + 1))
try:
    sorted([(1, "a"), (1, 2)])
except TypeError:
    print("no order")

import builtins


def text(x):
    return hex(x)


print(text(10), text(10))
builtins.hex = lambda x: "changed for all"
print(text(10))
