# Every opcode, TURNS times, in loops that the interpreter does not leave: only an exception that is raised, a built-in that calls, and the end of
# the program make it begin anew on its machine stack.

count = 0
while count < TURNS:
    # Names of a module, imports, classes, and what else is at home here.
    count += 1
    name = count
    name = "text"
    del name
    import sys
    import sys as other
    from sys import version
    from gc import *

    class Base:
        kind = "base"

        def __init__(self, x):
            self.x = x

        def get(self, more=0, *rest, named=1, **others):
            return self.x

        def __getitem__(self, index):
            return index

        def __setitem__(self, index, value):
            self.x = value

        def __enter__(self):
            return self

        def __exit__(self, *args):
            return False

        def __add__(self, other):
            return self

        def __matmul__(self, other):
            return self

    class Derived(Base):
        def get(self, *args, **kwargs):
            return super().get(*args, **kwargs)

    maker = lambda a, b=1: (a, b)
    try:
        pass
    finally:
        maker(1)


def numbers():
    yield 1
    received = yield 2
    return 3


def delegate():
    result = yield from numbers()
    yield result


def outer(a, b, *, c=1):
    cell = a
    other = b

    def inner(x, y=2, *, z=3):
        nonlocal cell
        cell = x
        return cell + y + z

    def plain():
        return other

    inner(1)
    plain()
    del other
    return inner


def simple(a):
    return a


counter = 0


def run():
    global counter, scratch
    i = 0
    thing = Derived(5)
    l0 = l1 = l2 = l3 = l4 = l5 = l6 = l7 = l8 = l9 = l10 = l11 = l12 = l13 = l14 = l15 = l16 = l17 = l18 = 1
    while i < TURNS:
        i = i + 1
        counter = i
        scratch = 1
        del scratch
        # Constants.
        l0 = True
        l0 = False
        l0 = None, True, False, 1, -16, 46, 47, 1000000, 1 << 70, 1.5, "s", b"b", ..., (1, 2)
        # Operators.
        l1 = -i, +i, ~i, not i
        l2 = i < 2, i > 2, i == 2, i <= 2, i >= 2, i != 2, i in l0, i not in l0, i is None, i is not None
        l3 = i | 1, i ^ 1, i & 1, i << 1, i >> 1, i + 1, i - 1, i * 2, i // 2, i / 2, i % 2, i ** 2
        l4 = 7
        l4 |= 1
        l4 ^= 2
        l4 &= 255
        l4 <<= 2
        l4 >>= 1
        l4 += 1
        l4 -= 1
        l4 *= 2
        l4 //= 2
        l4 %= 100
        l4 **= 2
        l4 /= 2
        l4 = thing
        l4 @= 1
        l5 = 1.5 + i, 1.5 < i, thing + 1, thing @ 1, "a" + "b", "%d" % i, [1] + [2], f"{i}"
        # Containers.
        l6 = [1, i]
        l7 = {1: 2, i: 3}
        l8 = {1, i}
        l9 = (i, 1)
        l6[0] = l6[1]
        l7["k"] = l6[0:1]
        del l7["k"]
        l6[0:1] = [1]
        l6[-1] += 1
        thing[0] = thing[1]
        l10 = [x for x in l6], {x: x for x in l6}, {x for x in l6 if x}, [x for x in numbers()]
        a, b = l9
        a, b = b, a
        a, b, c = a, b, i
        a, b, c = c, a, b
        a, *b = l6
        (a, b), c = (1, 2), 3
        # Control.
        a = i and b or c
        a = b if i else c
        if not i:
            a = 1
        elif i > 1 and i < 3 or i == 7:
            a = 2
        for x in l6:
            if x == 1:
                continue
            for y in range(3):
                if y == 2:
                    break
        else:
            pass
        for x in delegate():
            pass
        for x in thing.get, 1:
            with thing:
                if x == 1:
                    break
        try:
            a = 1
        except ValueError:
            pass
        else:
            a = 2
        finally:
            a = 3
        assert a == 3
        # Attributes and calls.
        thing.x = thing.x
        thing.y = 1
        del thing.y
        simple(1)
        simple(a=1)
        simple(*[1])
        simple(**{"a": 1})
        thing.get()
        thing.get(1, named=2)
        thing.get(1, *[2], **{"named": 3})
        outer(1, 2)(3, z=1)
        len(l6)
        l6.append(1)
        l6.pop()
        maker(1)
        print
        # Local variables with high numbers.
        l16 = l17
        l17 = l18
        l18 = i
        del l15
        l15 = 1


run()


def raising():
    i = 0
    while i < TURNS:
        i += 1
        try:
            raise ValueError(i)
        except ValueError as error:
            caught = error
        try:
            try:
                {}[i]
            finally:
                caught = 1
        except (KeyError, TypeError):
            pass
        try:
            try:
                raise ValueError
            except ValueError:
                raise
        except ValueError:
            pass
        try:
            raise KeyError from None
        except KeyError:
            pass


raising()
print("done")
