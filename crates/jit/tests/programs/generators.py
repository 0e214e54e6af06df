# Generators that machine code resumes, and that are resumed by built-ins.


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1
    return n


def halves(n):
    x = 1.0
    for i in range(n):
        yield x
        x = x * 0.5 + i


def total(items):
    s = 0
    for item in items:
        s += item
    return s


print(total(count(100)), total(halves(20)), total(count(0)))


# A loop that is left early, and one that goes on with the same generator.
def firsts(generator, n):
    out = []
    for item in generator:
        out.append(item)
        if len(out) == n:
            break
    return out


def resumed():
    g = count(12)
    return firsts(g, 3), firsts(g, 4), list(g), firsts(g, 2)


for i in range(3):
    print(resumed())


# Delegation: the values that pass through, and the value that is returned.
def tree(n):
    if n > 0:
        left = yield from tree(n - 1)
        yield n
        right = yield from tree(n - 1)
        return left + right + 1
    return 1


def walk(n):
    out = []
    for item in tree(n):
        out.append(item)
    return out


print(walk(4))


def outer(n):
    got = yield from count(n)
    got += yield from [10, 20, 30]
    return got


def failing():
    try:
        for item in outer(3):
            print(item, end=" ")
    except TypeError as e:
        print("TypeError")


failing()


def delegate(n):
    for i in range(3):
        value = yield from count(n)
        yield "returned", value


print(list(delegate(2)))


# Values that are sent, exceptions that are thrown, and generators that are closed.
def accumulate():
    s = 0
    while True:
        try:
            got = yield s
            if got is None:
                return s
            s += got
        except ValueError as e:
            s = -1000
            print("caught", e)
        finally:
            s += 1


def through():
    result = yield from accumulate()
    print("result", result)


def drive(make):
    g = make()
    out = [next(g)]
    for i in range(5):
        out.append(g.send(i))
    out.append(g.throw(ValueError("thrown")))
    out.append(g.send(5))
    try:
        g.send(None)
    except StopIteration as e:
        out.append(e.value)
    return out


for i in range(3):
    print(drive(accumulate))
print(drive(through))


def closing():
    log = []

    def g():
        try:
            for i in range(10):
                yield i
        finally:
            log.append("closed")

    for turn in range(3):
        it = g()
        for item in it:
            if item == turn:
                break
        it.close()
        log.append(list(it))
    return log


print(closing())


# Exceptions: out of the generator into the loop, and out of the loop's body.
def raising(n):
    for i in range(n):
        yield i
    raise KeyError(n)


def handling(n):
    s = 0
    for turn in range(4):
        try:
            for item in raising(n):
                s += item
                if item == 7 and turn == 2:
                    raise IndexError
        except KeyError as e:
            s += 100 * e.args[0]
        except IndexError:
            s += 1
    return s


print(handling(9))


def stops():
    for i in range(20):
        if i == 15:
            raise StopIteration
        yield i


try:
    print(total(stops()))
except RuntimeError as e:
    print("RuntimeError", e)


# Generators in generators, and expressions.
def pairs(n):
    for i in count(n):
        for j in count(i):
            yield i, j


print(sum(i * j for i, j in pairs(8)), len(list(pairs(9))))
print([sum(x * k for x in range(5)) for k in range(6)])
print(any(x > 7 for x in count(10)), all(x > 7 for x in count(10)), sorted(x % 5 for x in count(12)))
print(dict((x, x * x) for x in count(5)), set(x // 2 for x in count(6)) == {0, 1, 2})


def permutations(items):
    n = len(items)
    if n == 0:
        yield ()
    for i in range(n):
        for rest in permutations(items[:i] + items[i + 1 :]):
            yield (items[i],) + rest


print(len([p for p in permutations((1, 2, 3, 4))]), list(permutations("ab")))


# A generator that is running already.
def itself():
    try:
        for item in holder[0]:
            pass
    except ValueError as e:
        yield str(e)


holder = []
for i in range(3):
    holder.clear()
    holder.append(itself())
    print(list(holder[0]))


# Functions that built-ins call.
class Number:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return Number(self.value + other.value)

    def __lt__(self, other):
        return self.value < other.value

    def __eq__(self, other):
        return self.value == other.value

    def __hash__(self):
        return hash(self.value)

    def __len__(self):
        return 3

    def __getitem__(self, index):
        if index >= 3:
            raise IndexError
        return self.value * index


def numbers():
    s = Number(0.5)
    for i in range(30):
        s = s + Number(i)
    items = [Number(i * 7 % 10) for i in range(10)]
    items.sort()
    return s.value, [n.value for n in items], Number(3) in items, [x for x in items[4]], len({Number(i % 3) for i in range(9)})


print(numbers())
print(sorted(range(10), key=lambda x: (-x % 4, x)), list(map(lambda x: x + 0.5, range(4))))
print(max([3, 1, 2], key=lambda x: -x), list(filter(lambda x: x & 1, count(9))))


class Grows:
    def __init__(self, more):
        self.a = 1
        self.b = 2
        if more:
            self.c = 3
        self.d = 4


def growing():
    out = []
    for i in range(12):
        g = Grows(i % 3 == 0)
        g.e = i
        if i % 4 == 0:
            del g.a
            g.a = 9
        out.append(sorted(g.__dict__.items()))
    return out


for line in growing():
    print(line)
