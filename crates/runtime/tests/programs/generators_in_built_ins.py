# What built-ins do with generators that raise, end, are closed, or are resumed by what the built-in calls.


def show(work):
    try:
        print(work())
    except BaseException as e:
        print(type(e).__name__, e.args)


def numbers(n, then=None):
    for i in range(n):
        yield i
    if then:
        raise then


BUILT_INS = [tuple, list, sum, sorted, max, set, lambda g: any(x > 9 for x in g), lambda g: all(x < 9 for x in g)]

# Each takes all that there is, or passes on what the generator raises.
for take in BUILT_INS:
    show(lambda: take(numbers(5)))
    show(lambda: take(numbers(5, KeyError("k"))))
    show(lambda: take(numbers(5, StopIteration(3))))
show(lambda: "".join(str(i) for i in numbers(4)))
show(lambda: bytes(i for i in numbers(4)))
show(lambda: dict((i, str(i)) for i in numbers(3)))
show(lambda: list(map(lambda a, b: a + b, numbers(3), numbers(4))))
show(lambda: list(zip(numbers(3), numbers(2))))
show(lambda: list(filter(None, numbers(4))))
show(lambda: list(enumerate(numbers(2))))

# A built-in that has enough leaves the generator where it is.
g = numbers(6)
print(any(i == 2 for i in g), list(g))
g = numbers(6)
print(all(i < 2 for i in g), list(g))
g = numbers(6)
print(2 in g, next(g), sum(g), next(g, "end"))

# With a block open while it waits.
log = []


def guarded(n):
    for i in range(n):
        try:
            try:
                yield i
            finally:
                log.append(i)
        except ValueError as e:
            log.append(e.args)
            yield "caught"


print(list(guarded(3)), log)
log.clear()
g = guarded(3)
print(next(g), g.throw(ValueError("v")), list(g), log)
log.clear()
g = guarded(3)
print(next(g), next(g), g.close(), list(g), log)


# One that is resumed by itself, through what the built-in asks it for.
def own():
    yield 1
    yield list(loop[0])


loop = [own()]
show(lambda: list(loop[0]))


# One that is taken from by what it calls for each item.
def shared():
    for i in range(8):
        yield i


g = shared()
print([(x, next(g)) for x in g])
g = shared()
print(list(x + next(g) for x in g))


# Chains of them, and ones within others.
def chain(n):
    if n:
        for x in chain(n - 1):
            yield x + 1
    else:
        yield 0
        yield 10


def delegate(n):
    if n:
        yield from delegate(n - 1)
    else:
        yield from (0, 10)


print(tuple(chain(20)), tuple(delegate(20)))


def nested(n):
    return sum(nested(n - 1) + i for i in range(3)) if n else 1


print(nested(5))


# A generator over an iterator that something else takes from, too.
source = iter([1, 2, 3, 4, 5, 6])
doubled = (2 * x for x in source)
print(next(doubled), next(source), list(doubled), list(source))
changing = [1, 2, 3]
print([changing.append(x) or x for x in (y for y in changing) if len(changing) < 8], changing)
d = {1: 2, 3: 4}
print(sorted(k for k in d), sorted(v for v in d.values()), sorted(t for t in d.items()))


# What iterates by subscripts.
class Squares:
    def __getitem__(self, n):
        if n == 4:
            raise IndexError
        return n * n


print(list(x for x in Squares()), tuple(x for x in "abc"), list(x for x in b"ab"))


class Faulty:
    def __getitem__(self, n):
        if n == 2:
            raise KeyError(n)
        return n


show(lambda: list(x for x in Faulty()))
