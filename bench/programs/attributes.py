"""Attributes of instances, classes and modules."""

import sys

N = 60_000


class Base:
    shared = 4

    def __init__(self, x, y):
        self.x = x
        self.y = y


class Point(Base):
    __slots__ = ()

    @property
    def product(self):
        return self.x * self.y


class Fallback:
    def __getattr__(self, name):
        return len(name)


def main(n):
    point, other, fallback = Point(1, 2), Point(3, 4), Fallback()
    total = 0
    for i in range(n):
        point.x = i
        point.y += other.x
        total += point.x + point.y + point.shared + Base.shared + other.y
        total += point.product & 3
        total += fallback.some
        total += len(sys.path) * 0
    return total
