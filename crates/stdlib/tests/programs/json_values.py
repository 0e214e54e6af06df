# json: what is written is read again, and what is not JSON is neither written nor read.
import collections
import io
import json


def attempt(function, *args, **keywords):
    try:
        print(repr(function(*args, **keywords)))
    except Exception as error:
        print(repr(error))


print("written")
for value in (
    None,
    True,
    -12,
    1 << 70,
    0.5,
    'text "quoted" \\ \n\r\t\x00\x1f\x7f',
    b"bytes",
    [],
    [1, [2, (3, ())]],
    {},
    {"a": {"b": []}},
    {2: 3},
    {None: True},
    {1.5: 2, False: 3},
    float("nan"),
    [float("inf"), -float("inf")],
    collections.OrderedDict([("b", 1), ("a", 2)]),
):
    print(json.dumps(value))


class Named:
    def __repr__(self):
        return '"by repr"'

    def __str__(self):
        return "by str"


class Items(list):
    pass


print(json.dumps([Items([1, "a"]), collections.namedtuple("Pair", "a b")(1, 2)]))
for value in (Named(), {1, 2}, frozenset(), [{1}], {"a": {1}}, {(1, 2): 3}, {frozenset(): 1}, len, Named, 1j, range(3), object()):
    attempt(json.dumps, value)
loop = []
loop.append(loop)
attempt(json.dumps, loop)
value = {"list": [1, 2, {"k": None}], "text": "x"}
print(json.dumps({"a": [1, 2, (3,)]}, separators=(",", ":")), json.dumps([1, {"b": 2}], separators=(" ; ", " -> ")))
for separators in None, (",",), (1, 2), 5:
    attempt(json.dumps, [1, 2], separators=separators)
attempt(json.dumps, 1, indent=2)
attempt(json.dumps, 1, 2)
out = io.StringIO()
json.dump(value, out)
print(json.loads(out.getvalue()) == value)
attempt(json.dump, 1, None)
attempt(json.dump, 1, io.StringIO(), 3)

print("read")
for text in (
    "null",
    " true ",
    "[false]",
    "-0",
    "12345678901234567890123",
    "1.25e2",
    "-1E-2",
    '""',
    '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20ac"',
    "[]",
    "{}",
    "[1, [2, [3, {}]], {}]",
    '{"a": {"b": [1, {"c": 2}]}, "d": null}',
    '{"twice": 1, "twice": 2}',
    "\t\n[\r1 ] \n",
    "[NaN, Infinity, -Infinity]",
    '"\\ud83d\\ude00 \\ud83d\\ud83d\\ude00 \\ude00\\ud83d \\ud83d\\n"',
    "[[],[[]],{\"x\":[{}],\"y\":{\"z\":1},\"w\":2},3]",
):
    attempt(json.loads, text)
deep = json.loads("[" * 3000 + "]" * 3000)
depth = 0
while deep:
    deep = deep[0]
    depth += 1
print(depth)
print(json.loads(b"[1]"), json.loads(bytearray(b'"x"')), json.loads(b"\xef\xbb\xbf2"))
attempt(json.loads, b'"\xff"')

print("refused")
for text in (
    "",
    " ",
    "nul",
    "nullnull",
    "tru",
    "fals",
    "[",
    "]",
    "[1",
    '{"a": 1',
    "[1]]",
    "1 2",
    '"open',
    '"\\',
    '"\\u12',
    '"\\u12x4"',
    "nan",
    "'a'",
    "1-",
    "1.5.5",
    "1e",
    "[1, x]",
    "[,1]",
    "[1 2]",
    "[1,]",
    "[1,,2]",
    "[1}",
    '{"a" 1}',
    '{"a":1,}',
    '{"a":1 "b":2}',
    '{"a"}',
    "{1: 2}",
    "{,}",
    "[1]\x0b",
    "01",
    "-",
    "1.",
    ".5",
    "-01",
    '"\\x"',
    '"a\nb"',
    "\ufeff1",
    "{[1]: 2}",
    "{{}: 2}",
    "\x00",
):
    attempt(json.loads, text)
attempt(json.loads, 1)


class Slow(io.IOBase):
    # A stream that gives a byte at a time, then an error.
    def __init__(self, data):
        self.data = data

    def readinto(self, buffer):
        if not self.data:
            return -5
        buffer[0] = self.data[0]
        self.data = self.data[1:]
        return 1


print(json.load(io.StringIO('{"a": [1]} ')), json.load(io.BytesIO(b"[2]")))
attempt(json.load, Slow(b"[1"))
attempt(json.load, "[1]")

# MicroPython differs: it escapes what is not ASCII in repr(), its dicts have no order, and its json takes half a surrogate pair, does not read NaN, and writes what is no JSON as repr() does.
