# Containers that change while their items are compared: what has changed under a comparison is looked at anew, as in CPython.
def show(name, work, *containers):
    try:
        result = work()
    except Exception as error:
        result = type(error).__name__
    print(name, result, *containers)


class Item:
    """Equal to what `equal` holds, after the change."""

    def __init__(self, change, equal=(), value=0):
        self.change, self.equal, self.value = change, equal, value

    def __eq__(self, other):
        self.change(other)
        return other in self.equal

    def __hash__(self):
        return self.value

    def __repr__(self):
        return "item"


class Small(Item):
    def __lt__(self, other):
        self.change(other)
        return True

    def __gt__(self, other):
        self.change(other)
        return False


def lists():
    def clear(other):
        items.clear()

    def pop(other):
        if items:
            items.pop()

    def append(other):
        if len(items) < 9:
            items.append(7)

    def shift(other):
        if len(items) > 2:
            del items[0]

    def replace(other):
        items[:] = [8, 9]

    for change in (clear, pop, append, shift, replace):
        for equal in ((), (3,), (7,), (5,)):
            for name, work in (
                ("index", lambda: items.index(item)),
                ("index from", lambda: items.index(item, 2)),
                ("count", lambda: items.count(item)),
                ("remove", lambda: items.remove(item)),
                ("in", lambda: item in items),
                ("==", lambda: items == [1, 2, item, 4, 5]),
                ("!=", lambda: items != [1, 2, item, 4, 5]),
                ("<", lambda: items < [1, 2, item, 4, 5, 6]),
            ):
                items = [1, 2, 3, 4, 5]
                item = Item(change, equal)
                show(change.__name__ + str(equal) + " " + name, work, items)
        items = [1, Small(change), 3, 4]
        show(change.__name__ + " max", lambda: type(max(items)).__name__, items)
        items = [1, Small(change), 3, 4]
        show(change.__name__ + " min", lambda: type(min(items)).__name__, items)
        items = [1, 2, 3, 4]
        show(change.__name__ + " max key", lambda: max(items, key=lambda x: change(x) or x), items)
        items = [1, 2, 3, 4]
        show(change.__name__ + " min key", lambda: min(items, key=lambda x: change(x) or -x), items)
        items = [1, 2, 3, 4]
        show(change.__name__ + " map", lambda: list(map(lambda x: change(x) or x, items)), items)
        items = [1, 2, 3, 4]
        show(change.__name__ + " filter", lambda: list(filter(lambda x: change(x) or x, items)), items)
        items = [1, 2, 3, 4]
        show(change.__name__ + " for", lambda: [change(x) or x for x in items], items)
        items = [1, 2, 3, 4]
        show(change.__name__ + " sum", lambda: sum(change(x) or x for x in items), items)
        items = [1, 2, 3, 4]
        show(change.__name__ + " enumerate", lambda: [(n, change(x) or x) for n, x in enumerate(items)], items)
        items = [1, 2, 3, 4]
        show(change.__name__ + " reversed", lambda: [change(x) or x for x in reversed(items)], items)
        items = [1, 2, 3, 4]
        show(change.__name__ + " zip", lambda: [(change(x) or x, y) for x, y in zip(items, items)], items)


def dicts():
    def clear(other):
        table.clear()

    def grow(other):
        for n in range(100, 120):
            table[n] = n

    def delete(other):
        table.pop(1, None)

    for change in (clear, grow, delete):
        for equal in ((), (1,)):
            for name, work in (
                ("[]", lambda: table[item]),
                ("get", lambda: table.get(item)),
                ("in", lambda: item in table),
                ("pop", lambda: table.pop(item, "none")),
                ("setdefault", lambda: table.setdefault(item, 8)),
                ("store", lambda: table.__setitem__(item, 8)),
                ("del", lambda: table.__delitem__(item)),
                ("update", lambda: table.update({item: 8})),
                ("update pairs", lambda: table.update([(item, 8)])),
                ("copy", lambda: sorted(dict(table).items())),
            ):
                table = {1: 2, 9: 3}
                item = Item(change, equal, 1)
                show("dict " + change.__name__ + str(equal) + " " + name, work, table)
            for name, work in (
                ("==", lambda: table == {1: 2, 9: 3, 17: 4}),
                ("== of others", lambda: {1: 2, 9: 3, 17: 4} == table),
            ):
                table = {1: 2, 9: Item(change, equal), 17: 4}
                show("dict " + change.__name__ + str(equal) + " " + name, work, table)


def sets():
    def clear(other):
        bag.clear()

    def grow(other):
        bag.update(range(100, 120))

    def delete(other):
        bag.discard(1)

    for change in (clear, grow, delete):
        for equal in ((), (1,)):
            for name, work in (
                ("in", lambda: item in bag),
                ("remove", lambda: bag.remove(item)),
                ("discard", lambda: bag.discard(item)),
            ):
                bag = {1, 9}
                item = Item(change, equal, 1)
                show("set " + change.__name__ + str(equal) + " " + name, work, bag)


class Key:
    """A key that equals those of its name. All have the same hash; what is to be done when the next two are compared is done then."""

    change = None

    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        change, Key.change = Key.change, None
        if change:
            change()
        return isinstance(other, Key) and self.name == other.name

    def __hash__(self):
        return 5

    def __repr__(self):
        return self.name


def large_dicts():
    def refill():
        items = list(table.items())
        table.clear()
        for key, value in reversed(items):
            table[key] = value

    def grow():
        for n in range(1000, 1100):
            table[n] = n

    def shrink():
        for n in range(12):
            table.pop(n, None)

    def delete():
        del table[keys[0]]

    for size in (0, 12):
        for change in (refill, grow, shrink, delete, lambda: table.clear()):
            for name, work in (
                ("[]", lambda: table[Key("c")]),
                ("absent", lambda: Key("z") in table),
                ("store", lambda: table.__setitem__(Key("c"), 7)),
                ("setdefault", lambda: table.setdefault(Key("c"), 7)),
                ("pop", lambda: table.pop(Key("c"), None)),
            ):
                keys = [Key(name) for name in "abc"]
                table = {n: n for n in range(size)}
                for n, key in enumerate(keys):
                    table[key] = n
                Key.change = change
                show("%d %s %s" % (size, change.__name__, name), work)
                print([item for item in table.items() if isinstance(item[0], Key)], sum(type(key) is int for key in table))


for part in (lists, dicts, sets, large_dicts):
    part()

# MicroPython differs: it crashes where a list changes while its items are compared or sorted.
