"""Operators that classes define."""

N = 30_000


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __getitem__(self, index):
        return self.y if index else self.x

    def __len__(self):
        return 2


def main(n):
    position, step, equal = Vector(0, 0), Vector(2, -1), 0
    for i in range(n):
        position = position + step * 3 - step
        equal += position == step
        equal += position[0] + position[1] + len(position)
    return position.x, position.y, equal
