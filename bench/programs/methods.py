"""Methods, inherited and overridden, with super."""

N = 50_000


class Shape:
    def __init__(self, size):
        self.size = size

    def area(self):
        return 0

    def describe(self, scale):
        return self.area() * scale


class Square(Shape):
    def area(self):
        return self.size * self.size


class Cube(Square):
    def __init__(self, size, depth):
        super().__init__(size)
        self.depth = depth

    def area(self):
        return super().area() * self.depth


def main(n):
    shapes = [Shape(1), Square(2), Cube(3, 4)]
    total = 0
    for i in range(n):
        for shape in shapes:
            total += shape.describe(2)
        if i & 7 == 0:
            shapes[2] = Cube(i & 15, 2)
    return total
