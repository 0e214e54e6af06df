"""Generators: loops over them, chains of yield from, and sending."""

N = 30_000


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1


def chain(depth, n):
    if depth == 0:
        yield from count(n)
    else:
        yield from chain(depth - 1, n)


def average():
    total = number = 0
    value = yield
    while True:
        total += value
        number += 1
        value = yield total // number


def main(n):
    result = sum(count(n)) + sum(x for x in chain(4, n) if x & 1)
    receiver = average()
    next(receiver)
    for i in count(n):
        last = receiver.send(i)
    return result, last, sum(a * b for a, b in zip(count(n), count(n)))
