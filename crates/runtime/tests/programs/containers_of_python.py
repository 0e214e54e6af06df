# What Python has of containers and MicroPython leaves out. The output is CPython's.
from array import array
from collections import OrderedDict, namedtuple

print(array("b", [1, 2]) == array("i", [1, 2]), array("b", [1, 2]) < array("d", [1.5]), array("f", [1]) == array("d", [1]))
print(1 in array("B", b"12"), 49 in array("B", b"12"), 1.5 in array("d", [1.5]), array("h") == array("q"), array("h") != array("h", [0]))
for code, value in ("b", 128), ("B", -1), ("B", 256), ("h", 1 << 15), ("I", 1 << 32), ("b", -128), ("q", (1 << 63) - 1):
    try:
        print(array(code, [value]))
    except OverflowError:
        print("OverflowError", code, value)

print({1, 2, 3}.intersection([2, 3], (3, 4)), {1}.union([2], "a") == {1, 2, "a"}, frozenset([1, 2]).intersection({1: 2}), {1}.union(), {1}.intersection())
numbers = {1, 2, 3}
numbers.intersection_update([1, 2], [2])
print(numbers)

ordered = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
ordered.move_to_end("a")
print(list(ordered))
ordered.move_to_end("c", last=False)
print(list(ordered), ordered.popitem(last=False), ordered.popitem())
try:
    ordered.move_to_end("z")
except KeyError as error:
    print(error.args)
print(OrderedDict([(1, 2), (3, 4)]) == OrderedDict([(3, 4), (1, 2)]), OrderedDict([(1, 2), (3, 4)]) == {3: 4, 1: 2})

Point = namedtuple("Point", "x y")
point = Point(1, y=2)
print(Point._fields, point._fields, point._replace(y=5), Point._make([3, 4]))
try:
    point._replace(z=1)
except ValueError:
    print("ValueError")

one, two = {"a": 1, "b": 2}, {"b": 2, "c": 3}
print(sorted(one.keys() | two.keys()), one.items() & two.items(), sorted(one.items() ^ two.items()), one.keys() - ["a"])
print(one.keys() == {"a", "b"}, one.keys() <= two.keys(), one.items() == two.items(), one.keys() >= {"a"}, {"a": 1}.keys() < one.keys())

# MicroPython differs: it has none of this.
