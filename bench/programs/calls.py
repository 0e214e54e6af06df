"""Calls of every kind of function."""

N = 40_000


def none():
    return 1


def two(a, b):
    return a + b


def defaults(a, b=2, c=3):
    return a + b + c


def keywords(*, left, right):
    return left - right


def rest(*args, **named):
    return len(args) + len(named)


def adder(step):
    def add(value):
        return value + step

    return add


class Callable:
    def __call__(self, value):
        return value + 1

    def method(self, value):
        return value + 2

    @staticmethod
    def static(value):
        return value + 3

    @classmethod
    def of_class(cls, value):
        return value + 4


def main(n):
    total = 0
    add, instance = adder(5), Callable()
    bound = instance.method
    pair, named = (1, 2), {"left": 7, "right": 3}
    for i in range(n):
        total += none() + two(i, 1) + defaults(1) + defaults(1, c=4) + keywords(left=i, right=1)
        total += rest(1, 2, x=3) + two(*pair) + keywords(**named) + add(i) + (lambda x: x)(i)
        total += instance(i) + instance.method(i) + bound(i) + instance.static(i) + Callable.of_class(i)
        total += len(pair) + abs(-i) + max(i, 3)
    return total
