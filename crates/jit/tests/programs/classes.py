# Instances made in machine code: attributes that `__init__` adds, defaults, and classes that change.


class Point:
    def __init__(self, x, y=2, z=None):
        self.x = x
        self.y = y
        self.z = z
        self.sum = self.x + self.y

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)


def points(n):
    made = []
    for i in range(n):
        made.append(Point(i))
        made.append(Point(i, i * 0.5))
        made.append(Point(i, 1, "z"))
        if i % 8 == 7:
            made.append(made[-1] + made[-2])
    return [(p.x, p.y, p.z, p.sum, len(p.__dict__)) for p in made]


print(points(20))


class Odd:
    def __init__(self, n):
        if n % 3:
            self.a = n
        self.b = n
        if n % 2:
            self.c = n
        self.a = -n


def odds(n):
    return [sorted(Odd(i).__dict__.items()) for i in range(n)]


print(odds(12))


class Many:
    def __init__(self, n):
        self.a = self.b = self.c = self.d = self.e = n
        self.f = self.g = self.h = self.i = self.j = n + 1


def many(n):
    s = 0
    for i in range(n):
        m = Many(i)
        s += m.a + m.j + m.h
        m.k = 3
        s += m.k
    return s


print(many(30))


class Changing:
    def __init__(self, value):
        self.value = value


def make(n, at, change):
    out = []
    for i in range(n):
        if i == at:
            change()
        out.append(Changing(i).value)
    return out


def other_init(self, value):
    self.value = value * 10


def replace():
    Changing.__init__ = other_init


print(make(30, 20, replace))


def raising(self, value):
    self.value = value
    if value == 5:
        raise ValueError("five")


def fail():
    Changing.__init__ = raising


try:
    print(make(30, 0, fail))
except ValueError as error:
    print("ValueError", error)


class Answers:
    def __init__(self, n):
        self.n = n
        return None if n < 25 else n


def answers(n):
    for i in range(n):
        Answers(i)


try:
    answers(40)
except TypeError:
    print("TypeError")


class Made:
    def __new__(cls, *args):
        return 7

    def __init__(self, n):
        self.n = n


print([Made(i) for i in range(5)])


class Sub(list):
    def __init__(self, n):
        super().__init__()
        self.append(n)


print([Sub(i) for i in range(5)])


def wrong(n):
    failed = 0
    for i in range(n):
        try:
            Point()
        except TypeError:
            failed += 1
        try:
            Point(1, 2, 3, 4)
        except TypeError:
            failed += 1
        failed += Point(1, z=i, y=4).sum
    return failed


print(wrong(10))


def defaults(n):
    def f(a, b=[], c=5):
        b.append(a)
        return len(b) + c

    return [f(i) for i in range(n)] + [f(i, [1]) for i in range(n)] + [f(i, [1], 2) for i in range(n)], f(0)


print(defaults(6))


def recur(n, depth=0):
    return depth if n == 0 else recur(n - 1, depth + 1)


print(recur(30), [recur(i) for i in range(10)])


class Node:
    def __init__(self, left, right=None):
        self.left = left
        self.right = right


def tree(depth):
    return Node(depth) if depth == 0 else Node(tree(depth - 1), tree(depth - 1))


def leaves(node):
    return 1 if node.right is None else leaves(node.left) + leaves(node.right)


print(leaves(tree(8)))


class Scale:
    def __init__(self, by):
        self.by = by

    def __call__(self, x, y=1):
        return x * self.by + y


def scaled(n, f):
    out = []
    for i in range(n):
        out.append(f(i) + f(i, 2))
        if i == 20:
            f = Other(f)
        if i == 25:
            Other.__call__ = lambda self, x, y=0: -x
        if i == 30:
            f = len
            break
    return out


class Other:
    def __init__(self, f):
        self.f = f

    def __call__(self, *args):
        return self.f(*args) * 10


print(scaled(40, Scale(3)))


class Plain:
    pass


def called(values):
    n = 0
    for value in values:
        try:
            n += value(2)
        except TypeError:
            n += 100
    return n


print(called([Scale(1), abs, Plain(), Scale, None, 3] * 5), called([abs] * 30), called([Scale(2)] * 20 + [None]))
