# deque, namedtuple and OrderedDict.
from collections import deque, namedtuple, OrderedDict
d = deque((), 3)
for i in range(5):
    d.append(i)
print(list(d), len(d), d.popleft(), d.pop(), list(d), bool(d), d[0])
d.appendleft(9); d.extend([7]); d[0] = 8; print(list(d))
full = deque((1, 2), 2, 1)
for bad in (lambda: deque((), 1).pop(), lambda: deque((), 1).popleft(), lambda: full.append(3), lambda: d[9]):
    try:
        bad()
    except IndexError as error:
        print(error)
Point = namedtuple("Point", "x y")
p = Point(1, y=2); print(p, p.x, p[1], p == (1, 2), len(p), list(p), isinstance(p, tuple), p + (3,))
print(namedtuple("T", ("a", "b"))(1, 2).b, p._asdict())
for bad in (lambda: Point(1), lambda: Point(1, 2, 3), lambda: Point(1, z=2), lambda: setattr(p, "x", 5)):
    try:
        bad()
    except (TypeError, AttributeError) as error:
        print(type(error).__name__, error)
o = OrderedDict([("z", 1), ("a", 2)]); o["m"] = 3; print(o, list(o), o.popitem(), o == {"z": 1, "a": 2}, list(o.items()))

# MicroPython differs: its named tuples have no _asdict.
