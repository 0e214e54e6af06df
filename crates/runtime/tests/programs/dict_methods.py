# Methods of dicts; entries keep the order in which they came.
d = {"a": 1}
d["b"] = 2; d.update({"c": 3}); d.update([("d", 4)]); d.update(e=5)
print(sorted(d.items()), len(d), "a" in d, "z" in d, d["b"], d.get("z"), d.get("z", 0), d.get("a"))
print(d.pop("a"), d.pop("z", None), d.setdefault("f", 6), d.setdefault("f", 7), sorted(d))
del d["b"]
print(sorted(d.keys()), sorted(d.values()), d == {"c": 3, "d": 4, "e": 5, "f": 6}, dict(x=1), dict([(1, 2)]), dict({3: 4}))
e = d.copy(); e.clear(); print(len(d), e, bool(e), dict.fromkeys([1], 0), dict.fromkeys("a"))
print({1: "a"} | {2: "b"} == {1: "a", 2: "b"}, {1: 2} == {1: 2.0}, {True: 1}[1])
for bad in (lambda: d["zz"], lambda: d.pop("zz"), lambda: {}.popitem(), lambda: {[]: 1}, lambda: dict([1]), lambda: dict([(1, 2, 3)])):
    try:
        bad()
    except (KeyError, TypeError, ValueError) as error:
        print(type(error).__name__, error)
