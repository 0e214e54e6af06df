# A list that its own sort changes: as in CPython the key function and comparisons find it empty, and what they put in is dropped.
def show(name, work, *lists):
    try:
        result = work()
    except Exception as error:
        # What else is wrong, others say in other words.
        result = type(error).__name__ + (": " + str(error) if "modified" in str(error) else "")
    print(name, result, *lists)


def changing(change):
    """Sorts by a key function that makes the change at the second call."""
    items = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]
    calls = []

    def key(x):
        calls.append(x)
        if len(calls) == 2:
            change(items)
        return -x

    return items, lambda: items.sort(key=key)


def delete(items):
    del items[:]


def assign(items):
    items[:] = [7, 8]


def assign_nothing(items):
    items[:] = []


def store(items):
    items[0] = 1


def add(items):
    items += [7]


def multiply(items):
    items *= 2


def append_and_pop(items):
    items.append(7)
    items.pop()


def insert(items):
    items.insert(0, 7)


def fail(items):
    items.append(7)
    raise KeyError("key")


for name, change in (
    ("append", lambda items: items.append(7)),
    ("extend", lambda items: items.extend((7, 8))),
    ("insert", insert),
    ("clear", lambda items: items.clear()),
    ("pop", lambda items: items.pop()),
    ("remove", lambda items: items.remove(1)),
    ("del", delete),
    ("slice", assign),
    ("empty slice", assign_nothing),
    ("store", store),
    ("+=", add),
    ("*=", multiply),
    ("append and pop", append_and_pop),
    ("append and clear", lambda items: (items.append(7), items.clear())),
    ("sort", lambda items: items.sort()),
    ("sort of another", lambda items: [2, 1].sort()),
    ("append and sort", lambda items: (items.append(8), items.append(7), items.sort())),
    ("reverse", lambda items: items.reverse()),
    ("nothing", len),
    ("error", fail),
):
    items, sort = changing(change)
    show(name, sort, items)

items = [3, 1, 2]
show("what a key sees", lambda: items.sort(key=lambda x: print(items, len(items), x in items) or x), items)
items = [3, 1, 2, 1]
show("count", lambda: items.sort(key=items.count), items)
show("index", lambda: items.sort(key=items.index), sorted(items))


# Comparisons that change the list.
class Item:
    def __init__(self, n, change):
        self.n, self.change = n, change

    def __lt__(self, other):
        self.change()
        return self.n < other.n

    def __repr__(self):
        return str(self.n)


for name, change in (
    ("append", lambda: items.append(7)),
    ("clear", lambda: items.clear()),
    ("slice", lambda: assign(items)),
    ("sort", lambda: items.sort()),
    ("pop", lambda: items.pop()),
):
    for reverse in (False, True):
        items = [Item(n, change) for n in (3, 1, 2)]
        show("__lt__ " + name, lambda: items.sort(reverse=reverse), sorted(items, key=lambda item: item.n))

# What sorted() sorts is not the list that it is given.
items = [3, 1, 2]
show("sorted", lambda: sorted(items, key=lambda x: items.append(x) or x), items)
show("sorted and clear", lambda: sorted(items, key=lambda x: items.clear() or x), items)

# The list can be used again.
items = list(range(100, 0, -1))
show("long", lambda: items.sort(key=lambda x: items.append(0) or x), items[:3], len(items))
items.append(0)
items.sort()
print(items[:3], len(items), items.pop(), len(items))
items.clear()
items.append(1)
print(items)

# MicroPython differs: it crashes where a list changes while its items are compared or sorted.
