# Both operands of == and != are asked, whatever built-in type one of them has.
# MicroPython differs: a memory view is never equal to what is no buffer
from array import array
from collections import OrderedDict, deque, namedtuple


class All:
    def __eq__(self, other):
        return True


class Most(All):
    def __ne__(self, other):
        return True

    def __hash__(self):
        return 1


P = namedtuple("P", "a")
VALUES = [
    (1,), [1], "a", b"a", bytearray(b"a"), array("b", [1]), memoryview(b"a"), {1}, frozenset({1}), {1: 2},
    {}.keys(), OrderedDict(), deque((), 1), range(3), 1, 1 << 70, 1.5, 1j, None, True, print, len, All, P(1), object(), iter([]),
]
for v in VALUES:
    for e in All(), Most():
        print(v == e, e == v, e in [v], v in [e], e in (v,), [v].count(e), [v].index(e), (v, 2).index(e), e in iter([v]))
        print((v,) == (e,), [e] == [v], {1: v} == {1: e})


# A sequence by subscripts alone ends at the first item that is equal.
class Endless:
    def __getitem__(self, index):
        return (index, 1)


print(All() in Endless(), (5, 1) in Endless())


# What differs in type is different.
print((1,) == [1], [1] == (1,), {1} == [1], {1: 2} == {1}, {} == [], bytearray(b"a") == "a", "a" == bytearray(b"a"), (1,) == 1)
print((1,) != [1], [1] != (1,), {1} != [1], {1: 2} != {1}, {} != [], bytearray(b"a") != "a", "a" != bytearray(b"a"), (1,) != 1)


# An answer that is no bool, and an exception.
class Odd:
    def __eq__(self, other):
        if other == (3,):
            raise ValueError
        return "odd"


print((1,) == Odd(), Odd() == [1], Odd() in [{1}])
try:
    (3,) == Odd()
except ValueError:
    print("ValueError")


class None_:
    def __eq__(self, other):
        return NotImplemented


print((1,) == None_(), [1] != None_(), {1} == None_(), None_() in [(1,)])
