"""Points made of floats, as objects."""

from math import cos, sin, sqrt

N = 1_500


class Point:
    def __init__(self, i):
        self.x = x = sin(i)
        self.y = cos(i) * 3
        self.z = x * x / 2

    def normalise(self):
        length = sqrt(self.x * self.x + self.y * self.y + self.z * self.z)
        self.x /= length
        self.y /= length
        self.z /= length

    def maximise(self, other):
        self.x = self.x if self.x > other.x else other.x
        self.y = self.y if self.y > other.y else other.y
        self.z = self.z if self.z > other.z else other.z
        return self


def main(n):
    points = [Point(i) for i in range(n)]
    for point in points:
        point.normalise()
    best = points[0]
    for point in points[1:]:
        best = best.maximise(point)
    return "%.6f %.6f %.6f" % (best.x, best.y, best.z)
