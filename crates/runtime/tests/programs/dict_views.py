# Views of dicts see changes.
d = {1: "a"}
keys, values, items = d.keys(), d.values(), d.items()
d[2] = "b"
print(sorted(keys), sorted(values), sorted(items), len(keys), 1 in keys, (1, "a") in items, list(iter(d)) == list(keys))
print(keys, values, items)
del d[1]
print(keys, [k for k in d], [v for v in values])
for k, v in {"x": 1}.items():
    print(k, v)

# MicroPython differs: its dicts have no order of insertion.
