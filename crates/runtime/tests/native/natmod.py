# A module written in C, in abi.c.
import abi
import io


# What is inside an instance, where C code looks for it.
class Inside(abi.Thing):
    pass


inside = Inside(6)
inside.own = inside.other = 1
print(abi.value_of(abi.Thing(5)), abi.value_of(inside), abi.value_of(7), abi.value_of(Inside))

# Functions of every kind, and their errors.
print(abi.none(), abi.call_it(lambda x: x + 1, 4), abi.set_item([1, 2, 3], 0, 5), abi.any_number(1), abi.any_number(1, 2, 3))
print(abi.with_keywords(), abi.with_keywords(1), abi.with_keywords(1, 2), abi.with_keywords(b=3), abi.with_keywords(a=4, b=5))
print(abi.anything(1, "two"))
for call in (
    lambda: abi.none(1),
    lambda: abi.call_it(1),
    lambda: abi.set_item(1, 2, 3, 4),
    lambda: abi.any_number(),
    lambda: abi.any_number(1, 2, 3, 4),
    lambda: abi.none(a=1),
    lambda: abi.with_keywords(1, 2, 3),
    lambda: abi.with_keywords(c=1),
    lambda: abi.with_keywords("a"),
    lambda: abi.call_it(1, 2),
    lambda: abi.Thing(),
    lambda: abi.Thing(1, 2),
    lambda: abi.Thing(1, other=2),
):
    try:
        print(call())
    except TypeError as error:
        print("TypeError:", error)

print(abi.prints("returned"))

# Exceptions, C types among them, through C code and back.
for which in range(7):
    try:
        print(abi.raises(which))
    except Exception as error:
        print(type(error), error.args, isinstance(error, ValueError))
try:
    abi.raises(2)
except (KeyError, abi.ThingError) as error:
    print(repr(error), error)
try:
    raise abi.ThingError("from Python", 1)
except ValueError as error:
    print(repr(error), error.args)


class Refined(abi.ThingError):
    pass


try:
    raise Refined("refined")
except abi.ThingError as error:
    print(repr(error), type(error))


def through(x):
    try:
        return abi.call_it(abi.raises, x)
    finally:
        print("finally")


for which in 0, 2, 6:
    try:
        print(abi.call_it(through, which))
    except ValueError as error:
        print("ValueError:", error)

# A type with every slot.
Thing = abi.Thing
thing = Thing(3)
print(thing, repr(thing), [thing], type(thing), Thing, isinstance(thing, Thing), Thing.CONSTANT, thing.CONSTANT)
print(Thing(3, flag=True), Thing(value=4, extra="e").get_extra(), Thing.get_extra(Thing(1, extra=2)))
print(thing(), thing(1, 2, a=3), bool(thing), bool(Thing(0)), len(thing), -thing)
print(thing + 4, 10 - thing, 3 in thing, 4 in thing, thing == Thing(3), thing == Thing(4), thing != Thing(4), thing == 3)
try:
    thing + "text"
except TypeError as error:
    print("TypeError:", error)
print(thing.value, thing[5])
thing.value = 8
print(thing.value)
del thing.value
print(thing.value)
try:
    thing.other
except AttributeError as error:
    print("AttributeError:", error)
try:
    thing.other = 1
except AttributeError as error:
    print("AttributeError:", error)
thing[0] = "kept"
print(thing.get_extra())
del thing[0]
print(thing.get_extra())
print(list(Thing(4)), sum(Thing(10)), [x * 2 for x in Thing(2)], max(Thing(5)), list(zip(Thing(2), Thing(3))))
print(bytes(memoryview(Thing(513)))[:2], abi.sum(Thing(7), False))
print(sorted(name for name in dir(Thing) if name[0] != "_"))


class Special(Thing):
    def __init__(self, value):
        super().__init__(value)
        self.more = "more"

    def twice(self):
        return self.value * 2


special = Special(6)
print(special.value, special.twice(), special.more, special.get_extra(), len(special), special + 1, isinstance(special, Thing))

# Types as values.
print(abi.type_of(thing) is Thing, abi.type_of(1), abi.type_of("s"), abi.type_of([]), abi.type_of(None), abi.type_of(special) is Special)
print({Thing: "a", abi.ThingError: "b"}[Thing], abi.call_it(isinstance, 1) if False else abi.any_number(Thing, 1)[0] is Thing)

# Streams.
letters = abi.Letters(12)
print(letters.read(3), letters.readline(), letters.write(b"12"), letters.read())
print([line for line in abi.Letters(11)])
buffer = bytearray(4)
print(abi.Letters(9).readinto(buffer), buffer)
try:
    abi.Letters(-1).read()
except OSError as error:
    print("OSError:", error.errno)
print(abi.reads_stream(io.BytesIO(b"0123456789")), abi.reads_stream(abi.Letters(2)))
try:
    abi.reads_stream(1)
except OSError as error:
    print("OSError:", error.args)
digits = io.BytesIO(b"0123456789")
print(abi.moves_stream(digits, 3), abi.reads_stream(digits), abi.moves_stream(digits, 10), digits.read(2))

# Memory.
print(abi.sum(b"\x01\x02", False), abi.sum("ab", False))
memory = bytearray(b"\x01\x02\x03")
print(abi.sum(memory, True), memory)
for wrong in (b"bytes", True), (1, False):
    try:
        abi.sum(*wrong)
    except TypeError as error:
        print("TypeError:", error)
print([abi.c_length(text) for text in ("", "len", "a longer text " * 9, b"", b"bytes", "v" + "alue", str(12345))])
print(abi.builds())
shared = abi.shares()
abi.shares()
print(shared, len(shared))
shared[3] = 9
print(abi.shares())
shared.extend(b"more")
print(shared, abi.shares())
print(abi.numbers("b"), abi.numbers("H"), abi.numbers("i"), abi.numbers("Q"), abi.numbers("f"), abi.numbers("d"))
