# The keys of a dict, and its views, from the last to the first.
# MicroPython differs: it cannot reverse dicts.
d = {"a": 1, "b": 2, "c": 3}
print(list(reversed(d)), list(reversed(d.keys())), list(reversed(d.values())), list(reversed(d.items())), list(reversed({})))


class Mapping(dict):
    pass


print(list(reversed(Mapping(x=1))))
