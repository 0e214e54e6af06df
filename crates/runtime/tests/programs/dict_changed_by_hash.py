# A dict that grows calls `__hash__`, which may change it, and even make it grow again.
class Key:
    def __init__(self, number):
        self.number = number

    def __hash__(self):
        global change
        work, change = change, None
        if work:
            work()
        return self.number


def add():
    for i in range(300):
        d[i + 10000] = i


def remove():
    for key in list(d):
        if isinstance(key, int):
            del d[key]


def clear():
    d.clear()


change = None
for work in (add, remove, clear):
    for start in (3, 7, 8, 9, 20):
        d = {}
        keys = [Key(n) for n in range(start)]
        for i, key in enumerate(keys):
            d[key] = i
        for j in range(60):
            change = work
            d[j] = j
        change = None
        if work is clear:
            for i, key in enumerate(keys):
                d[key] = i
        found = sum(d.get(key) == i for i, key in enumerate(keys))
        d["last"] = 1
        print(work.__name__, start, found, d["last"], all(key in d for key in list(d)))

s = set()
members = [Key(n) for n in range(12)]
for member in members:
    s.add(member)
change = lambda: s.update(range(500))
s.add(-1)
print(all(member in s for member in members), -1 in s, len(s) > 12)

# MicroPython differs: it crashes where __hash__ clears the dict.
