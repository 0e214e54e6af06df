# Containers that change while a built-in works on them: whatever comes out, the interpreter survives.
def attempt(name, work):
    try:
        work()
    except Exception as error:
        print(name, type(error).__name__)
    else:
        print(name, "done")


class Evil:
    """Compares, hashes and converts by way of a function that does harm first."""

    def __init__(self, harm, value=1):
        self.harm, self.value = harm, value

    def __eq__(self, other):
        self.harm()
        return False

    def __lt__(self, other):
        self.harm()
        return True

    def __hash__(self):
        self.harm()
        return self.value

    def __index__(self):
        self.harm()
        return self.value

    __int__ = __index__

    def __len__(self):
        self.harm()
        return self.value

    def __bool__(self):
        self.harm()
        return True

    def __repr__(self):
        self.harm()
        return "evil"

    __str__ = __repr__

    def __iter__(self):
        self.harm()
        return iter((1, 2))

    def __call__(self, *args):
        self.harm()
        return 1


class Same(Evil):
    def __eq__(self, other):
        self.harm()
        return True


def churn():
    """Fills memory that was freed with something else."""
    return [bytearray(b"\xff" * n) for n in range(1, 200, 50)] + [[n] * n for n in range(0, 40, 10)]


def lists():
    items = [0] * 100

    def clear():
        items.clear()
        churn()

    def refill():
        items[:] = list(range(100))

    refill()
    attempt("list.index", lambda: items.index(Evil(clear)))
    refill()
    attempt("list.count", lambda: items.count(Evil(clear)))
    refill()
    attempt("list.remove", lambda: items.remove(Same(clear)))
    refill()
    attempt("in list", lambda: Evil(clear) in items)
    refill()
    attempt("list ==", lambda: items == [0, 1, Evil(clear)] + items[3:])
    refill()
    items[5] = Evil(clear)
    attempt("list.sort", lambda: items.sort())
    refill()
    attempt("sort key", lambda: items.sort(key=lambda x: clear() or -x))
    refill()
    items[3] = Evil(clear)
    attempt("repr", lambda: repr(items))
    refill()
    attempt("list.insert", lambda: items.insert(Evil(clear, 50), 1))
    refill()
    attempt("list.pop", lambda: items.pop(Evil(clear, 50)))
    refill()

    def store():
        items[Evil(clear, 50)] = 1

    attempt("list store", store)
    refill()
    attempt("list *", lambda: items * Evil(clear, 3))
    refill()
    attempt("list slice", lambda: items[Evil(clear, 10) : Evil(clear, 90)])
    refill()

    def assign():
        items[Evil(clear, 10) : Evil(clear, 90)] = [1, 2, 3]

    attempt("list slice store", assign)
    refill()

    def evil_items():
        for n in range(5):
            clear()
            yield n

    def assign_generator():
        items[10:90] = evil_items()

    attempt("slice from generator", assign_generator)
    refill()
    attempt("extend itself", lambda: items.extend(x for x in items if len(items) < 300))
    refill()
    attempt("map", lambda: list(map(lambda x: items.clear() or x, items)))
    refill()
    attempt("sum", lambda: sum(items, Evil(clear)))
    refill()
    items[2] = Evil(clear)
    attempt("max", lambda: max(items))
    refill()
    attempt("any", lambda: any([Evil(clear)] + items))
    refill()
    attempt("join", lambda: ",".join(str(Evil(clear)) for _ in items))

    def unpack():
        a, *b = evil_items()

    attempt("unpack", unpack)
    refill()
    attempt("star call", lambda: max(*([Evil(clear)] + items)[:2]))


def dicts():
    table = {}

    def clear():
        table.clear()
        churn()

    def grow():
        for n in range(60):
            table[n + 1000] = n

    def refill(extra=None):
        table.clear()
        for n in range(30):
            table[n] = n
        if extra is not None:
            table[extra] = 1

    for harm in (clear, grow):
        refill()
        attempt("dict load", lambda: table[Same(harm)])
        refill()
        attempt("dict get", lambda: table.get(Same(harm)))
        refill()

        def store():
            table[Same(harm)] = 5

        attempt("dict store", store)
        refill()

        def delete():
            del table[Same(harm)]

        attempt("dict delete", delete)
        refill()
        attempt("dict pop", lambda: table.pop(Same(harm)))
        refill()
        attempt("dict setdefault", lambda: table.setdefault(Same(harm), 1))
        refill()
        attempt("dict in", lambda: Same(harm) in table)
        refill()
        table[7] = Evil(harm)
        attempt("dict repr", lambda: repr(table))
        refill()
        table[7] = Evil(harm)
        attempt("dict ==", lambda: table == {n: n for n in range(30)})
        refill()
        attempt("dict update", lambda: table.update({Same(lambda: None): 1, 2: 3}))
        refill()
        attempt("dict of dict", lambda: dict(table, **{"a": harm()}))

    refill()

    def walk():
        for key in table:
            table.pop(key)

    attempt("dict walk", walk)
    refill()

    def walk_items():
        for key, value in table.items():
            clear()

    attempt("items walk", walk_items)


def sets():
    bag = set()

    def clear():
        bag.clear()
        churn()

    def refill():
        bag.clear()
        bag.update(range(40))

    for name, work in (
        ("set add", lambda: bag.add(Same(clear))),
        ("set remove", lambda: bag.remove(Same(clear))),
        ("set discard", lambda: bag.discard(Same(clear))),
        ("set in", lambda: Same(clear) in bag),
        ("set |", lambda: bag | {Same(lambda: None, 3)}),
        ("set &", lambda: bag & {Same(clear, 3)}),
        ("set -", lambda: bag - {Same(clear, 3)}),
        ("set ^", lambda: bag ^ {Same(clear, 3)}),
        ("set ==", lambda: bag == set(range(39)) | {Same(clear, 3)}),
        ("set <=", lambda: bag <= {Same(clear, n) for n in range(40)}),
        ("set update", lambda: bag.update(clear() or n for n in range(3))),
        ("set difference_update", lambda: bag.difference_update(clear() or n for n in range(3))),
        ("set intersection_update", lambda: bag.intersection_update(clear() or n for n in range(3))),
    ):
        refill()
        attempt(name, work)


def buffers():
    from array import array

    data = bytearray(200)

    def shrink():
        data[:] = b""
        churn()

    def refill():
        data[:] = bytes(200)

    def harm():
        try:
            shrink()
        except Exception:
            pass

    refill()

    def store():
        data[Evil(harm, 150)] = Evil(harm, 7)

    attempt("bytearray store", store)
    refill()
    attempt("bytearray slice", lambda: data[Evil(harm, 10) : Evil(harm, 190)])
    refill()

    def slice_store():
        data[10:20] = (harm() or n for n in range(10))

    attempt("bytearray slice store", slice_store)
    refill()
    attempt("bytearray extend", lambda: data.extend(harm() or n for n in range(10)))
    refill()
    attempt("bytearray extend itself", lambda: data.extend(data))
    refill()
    attempt("bytearray find", lambda: data.find(b"x", Evil(harm, 1), Evil(harm, 190)))
    refill()
    attempt("bytes *", lambda: data * Evil(harm, 3))
    refill()
    view = memoryview(data)
    attempt("view after resize", lambda: data.extend(bytes(5000)))
    churn()
    attempt("view read", lambda: bytes(view)[:1] and None)

    def view_store():
        view[Evil(harm, 100)] = Evil(harm, 3)

    attempt("view store", view_store)

    def view_slice():
        view[Evil(harm, 10) : Evil(harm, 20)] = b"0123456789"

    attempt("view slice store", view_slice)
    refill()

    words = array("I", range(50))

    def harm_array():
        try:
            words[:] = array("I")
        except Exception:
            pass
        churn()

    def array_store():
        words[Evil(harm_array, 40)] = Evil(harm_array, 3)

    attempt("array store", array_store)
    attempt("array extend", lambda: words.extend(words))
    attempt("array append", lambda: words.append(Evil(harm_array, 3)))
    attempt("int.from_bytes", lambda: int.from_bytes(data, "little"))
    attempt("str of view", lambda: str(memoryview(bytearray(b"abc"))[1:], "utf8"))


def deques():
    from collections import deque, namedtuple, OrderedDict

    line = deque((), 20)

    def clear():
        while line:
            line.pop()
        churn()

    for n in range(20):
        line.append(n)
    attempt("deque extend", lambda: line.extend(clear() or n for n in range(50)))
    for n in range(20):
        line.append(n)

    def store():
        line[Evil(clear, 15)] = 1

    attempt("deque store", store)

    def walk():
        for item in line:
            clear()

    for n in range(20):
        line.append(n)
    attempt("deque walk", walk)
    ordered = OrderedDict((n, n) for n in range(20))

    def walk_ordered():
        for n in ordered:
            ordered.clear()
            churn()

    attempt("ordered walk", walk_ordered)


def classes():
    class Changes:
        def __getattr__(self, name):
            del type(self).__getattr__
            churn()
            return 1

        def method(self, other):
            Changes.method = None
            return other

    thing = Changes()
    attempt("getattr", lambda: thing.some)
    attempt("method", lambda: thing.method(thing.method(1)))

    class Meta:
        def __set_name__(self, owner, name):
            for n in range(50):
                setattr(owner, "x%d" % n, n)
            churn()

    def make():
        class Owner:
            a = Meta()
            b = Meta()

    attempt("set_name", make)

    class Init:
        def __init__(self):
            self.__dict__
            for n in range(100):
                setattr(self, "a%d" % n, n)
            for n in range(100):
                delattr(self, "a%d" % n)

    attempt("init", Init)
    attempt("format", lambda: "{0} {0!r:>10} {1[a]}".format(Evil(churn), {"a": Evil(churn)}))
    attempt("percent", lambda: "%s %r %d" % (Evil(churn), Evil(churn), Evil(churn)))
    attempt("range", lambda: range(Evil(churn, 1), Evil(churn, 5), Evil(churn, 2)))
    attempt("slice", lambda: list(range(100))[slice(Evil(churn, 1), Evil(churn, 50), Evil(churn, 2))])
    attempt("round", lambda: round(1.5, Evil(churn, 1)))
    attempt("chr", lambda: chr(Evil(churn, 65)))
    attempt("bytes", lambda: bytes([Evil(churn, 65)]))
    attempt("pow", lambda: pow(Evil(churn, 2), 3))


def generators():
    def own():
        yield 1
        yield from me

    me = own()
    attempt("generator in itself", lambda: list(me))

    def throws():
        try:
            yield 1
        finally:
            churn()
            yield 2

    running = throws()
    next(running)
    attempt("close that yields", running.close)
    attempt("throw", lambda: throws().throw(ValueError))

    def sends():
        received = yield
        received.send(None)

    first = sends()
    next(first)
    attempt("send to itself", lambda: first.send(first))


for part in (lists, dicts, sets, buffers, deques, classes, generators):
    part()
print("survived")

# MicroPython differs: it crashes where a container changes under a built-in.
