# Objects that functions and built-ins have worked on are gone when nothing refers to them.
import gc
import weakref


class Item:
    def __init__(self, value=0):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value

    def __eq__(self, other):
        return self.value == other.value

    def __hash__(self):
        return self.value

    def __repr__(self):
        return "<item>"

    def __add__(self, other):
        return Item(self.value)

    def __call__(self, *args, **kwargs):
        return args

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return True

    def __getitem__(self, index):
        return index

    def __iter__(self):
        yield self

    def method(self):
        return 1


def fail(item):
    raise ValueError(item)


def catch(item):
    try:
        fail(item)
    except ValueError as error:
        pass


def within(item):
    with item as other:
        fail(other)


def loop(item):
    for other in [item, item]:
        for third in item:
            pass


def generate(item):
    def generator():
        try:
            yield item
            yield item
        finally:
            pass

    g = generator()
    next(g)
    g.close()
    list(generator())


def many(item):
    def take(a, b, c=None, *d, **e):
        return e

    take(item, item, item, item, f=item)
    take(*[item, item], **{"c": item})


USES = (
    ("nothing", lambda item: None),
    ("list", lambda item: [item, item]),
    ("sort", lambda item: sorted([item, item, item])),
    ("key", lambda item: sorted([1, 2, 3], key=lambda n: item)),
    ("dict", lambda item: {item: item}.get(item)),
    ("set", lambda item: {item} | {item}),
    ("repr", lambda item: repr([item])),
    ("format", lambda item: "{} {!r} {x}".format(item, item, x=item)),
    ("percent", lambda item: "%s %r" % (item, item)),
    ("add", lambda item: item + item),
    ("compare", lambda item: (item == item, item < item, item != item)),
    ("call", lambda item: item(item, item, item=item)),
    ("max", lambda item: max(item, item)),
    ("map", lambda item: list(map(item, [item]))),
    ("zip", lambda item: list(zip([item], [item]))),
    ("isinstance", lambda item: isinstance(item, Item)),
    ("getattr", lambda item: getattr(item, "method")()),
    ("setattr", lambda item: setattr(item, "other", 1)),
    ("method", lambda item: item.method()),
    ("subscript", lambda item: item[item]),
    ("slice", lambda item: [item, item, item][1:]),
    ("catch", catch),
    ("with", within),
    ("loop", loop),
    ("generator", generate),
    ("many", many),
    ("comprehension", lambda item: [x for x in [item] for y in item]),
    ("exec", lambda item: eval("item", {"item": item})),
)


def use(function):
    item = Item()
    ref = weakref.ref(item)
    function(item)
    return ref


def use_and_collect(function):
    item = Item()
    ref = weakref.ref(item)
    function(item)
    item = None
    gc.collect()
    return ref


# The last of them may still be in some word of the machine stack that nothing has written to since.
for name, function in USES:
    refs = [use(function) for _ in range(5)]
    gc.collect()
    if sum(ref() is not None for ref in refs) > 1:
        print(name, "keeps objects")

for name, function in USES:
    refs = [use_and_collect(function) for _ in range(5)]
    gc.collect()
    if sum(ref() is not None for ref in refs) > 1:
        print(name, "keeps objects when it is collected in the same function")
print("done")

# MicroPython differs: this port has no weakref.
