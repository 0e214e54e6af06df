"""Spheres and a floor, drawn by rays."""

from math import sqrt

N = 14


class Vector:
    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def scaled(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def unit(self):
        return self.scaled(1 / sqrt(self.dot(self)))


class Sphere:
    def __init__(self, centre, radius, shade):
        self.centre, self.radius, self.shade = centre, radius, shade

    def hit(self, origin, direction):
        to_centre = self.centre - origin
        along = to_centre.dot(direction)
        square = self.radius * self.radius - to_centre.dot(to_centre) + along * along
        return along - sqrt(square) if square > 0 else None

    def normal(self, point):
        return (point - self.centre).unit()


class Floor:
    shade = 0.8

    def hit(self, origin, direction):
        return -origin.y / direction.y if direction.y < 0 else None

    def normal(self, point):
        return Vector(0, 1, 0)


def nearest(things, origin, direction):
    best = None
    for thing in things:
        distance = thing.hit(origin, direction)
        if distance is not None and distance > 1e-6 and (best is None or distance < best[0]):
            best = distance, thing
    return best


def trace(things, origin, direction, light, depth):
    found = nearest(things, origin, direction)
    if found is None:
        return 0.2
    distance, thing = found
    point = origin + direction.scaled(distance)
    normal = thing.normal(point)
    to_light = (light - point).unit()
    shade = 0.1
    if nearest(things, point, to_light) is None:
        shade += max(0.0, normal.dot(to_light)) * thing.shade
    if depth:
        mirrored = direction - normal.scaled(2 * direction.dot(normal))
        shade += 0.3 * trace(things, point, mirrored, light, depth - 1)
    return shade


def main(n):
    things = [Floor()] + [Sphere(Vector(3 * i - 3, 1 + i, 8 + i), 1.0 + i / 4, 0.5 + i / 8) for i in range(3)]
    eye, light, total = Vector(0, 2, 0), Vector(10, 20, -10), 0
    for row in range(n):
        for column in range(n):
            direction = Vector(column / n - 0.5, 0.5 - row / n, 1).unit()
            total += int(255 * trace(things, eye, direction, light, 2))
    return total
