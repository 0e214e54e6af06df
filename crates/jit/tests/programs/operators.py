# Operators of instances, whose methods machine code enters by a frame: NotImplemented, exceptions, classes that change.
# MicroPython differs: the right operand is not asked for a comparison


class V:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __repr__(self):
        return "V(%r, %r)" % (self.x, self.y)

    def __add__(self, other):
        if not isinstance(other, V):
            return NotImplemented
        return V(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        self = None
        if k == 13:
            raise ValueError("unlucky")
        return (self, k)

    def __lt__(self, other):
        if isinstance(other, V):
            return self.x < other.x
        return NotImplemented

    def __getitem__(self, index):
        if index == 0:
            return self.x
        if index == 1:
            return self.y
        raise IndexError("no %r" % index)


class Right:
    def __radd__(self, other):
        return ("radd", repr(other))

    def __gt__(self, other):
        return "gt"


def sums(items, n):
    total = V(0, 0.5)
    for i in range(n):
        total = total + items[i % len(items)]
    return total


def mixed(left, items, n):
    out = []
    for i in range(n):
        try:
            out.append(left + items[i % len(items)])
        except TypeError as error:
            out.append(type(error).__name__)
    return out


print(sums([V(1, 2), V(3.5, -1)], 40))
print(mixed(V(1, 1), [V(1, 2), Right(), 5, "x", V(2, 2)], 12))


def orders(items, n):
    return [items[i % len(items)] < items[(i + 1) % len(items)] for i in range(n)]


print(orders([V(1, 0), V(2, 0), Right()][:2] + [V(0, 0)], 12))


def less(left, rights, n):
    out = []
    for i in range(n):
        try:
            out.append(left < rights[i % len(rights)])
        except TypeError as error:
            out.append("TypeError")
    return out


print(less(V(1, 0), [V(2, 0), Right(), 3], 9))


def products(v, n):
    out = 0
    for i in range(n):
        try:
            out += (v * i)[1]
        except ValueError as error:
            out += 1000
            print(error)
    return out


print(products(V(1, 2), 20))


def items(v, n):
    out = []
    for i in range(n):
        try:
            out.append(v[i % 3])
        except IndexError as error:
            out.append(str(error))
    return out


print(items(V("a", "b"), 9))


# In-place operators: the plain method stands in where the class has no other.
class Counter:
    def __init__(self, n):
        self.n = n

    def __iadd__(self, other):
        if other == 7:
            return NotImplemented
        self.n += other
        return self

    def __add__(self, other):
        return "plain %d" % other

    def __sub__(self, other):
        return Counter(self.n - other)


def in_place(n):
    counter = Counter(0)
    for i in range(n):
        counter += i
        if isinstance(counter, str):
            print(counter)
            counter = Counter(100)
        counter -= 1
    return counter.n


print(in_place(12))


# Classes that change, and operators of derived classes.
class W(V):
    def __add__(self, other):
        return "W"


def change(v, n):
    out = []
    for i in range(n):
        if i == 5:
            V.__add__ = lambda self, other: "lambda"
        if i == 8:
            V.__add__ = W.__add__
        if i == 10:
            del V.__add__
        try:
            out.append(repr(v + v))
        except TypeError:
            out.append("no")
    return out


kept = V.__add__
print(change(V(1, 2), 14))
V.__add__ = kept


def pairs(left, right, n):
    return [str(left[i % 2] + right[i % 2]) for i in range(n)]


print(pairs([V(1, 1), W(2, 2)], [W(3, 3), V(4, 4)], 4))


# Classes with an object of a built-in type inside.
class L(list):
    def __add__(self, other):
        if other is None:
            return NotImplemented
        return "L"


def lists(n):
    out = []
    for i in range(n):
        try:
            out.append(L([i]) + ([1] if i % 2 else None))
        except TypeError:
            out.append("TypeError")
    return out


print(lists(6))


# The instance's own attribute is no operator.
def own(n):
    v = V(1, 2)
    v.__add__ = lambda other: "own"
    return [(v + v).x for _ in range(n)]


print(own(5))


# Defaults, static methods, generators, methods that are no functions.
class Odd:
    def __add__(self, other, more=3):
        return (other, more)

    def __sub__(self, other):
        yield other

    @staticmethod
    def __mul__(other):
        return ("static", other)

    def __getitem__(self, index):
        return NotImplemented


def odd(n):
    out = []
    o = Odd()
    for i in range(n):
        out.append((o + i, list(o - i), o * i, o[i] is NotImplemented))
    return out


print(odd(3))


# A method that recurses, and one that never ends but by the depth.
class Tree:
    def __init__(self, left, right):
        self.left = left
        self.right = right

    def __add__(self, n):
        if n == 0:
            return 1
        return (self.left + (n - 1)) + (self.right + (n - 1)) if n > 1 else 2


def tree(n):
    t = Tree(None, None)
    t.left = t.right = t
    return t + n


print(tree(9))


class Deep:
    def __add__(self, n):
        return self + (n + 1)


def deep():
    try:
        return Deep() + 0
    except RuntimeError:
        return "too deep"


print([deep() for _ in range(3)])


# A tracing function sees who has called whom, also once a method has declined.
import sys

calls = []


def tracer(frame, event, _):
    if event == "call":
        calls.append((frame.f_code.co_name, frame.f_back.f_code.co_name))
    return tracer


class Declines:
    def __mul__(self, other):
        if other.turn == 1:
            sys.settrace(tracer)
        return NotImplemented


class Answers:
    turn = 0

    def __rmul__(self, other):
        return answer()


def answer():
    return 2


def warm(right):
    for _ in range(30):
        Declines() * right


def multiply(left, right):
    for right.turn in range(4):
        left * right
        if right.turn == 1:
            sys.settrace(None)


warm(Answers())
multiply(Declines(), Answers())
print(calls)
