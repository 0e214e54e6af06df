"""A fern drawn by chance: affine maps chosen by a generator of random numbers."""

N = 20_000


class Map:
    def __init__(self, a, b, c, d, e, f, weight):
        self.row_x = (a, b, e)
        self.row_y = (c, d, f)
        self.weight = weight

    def apply(self, x, y):
        a, b, e = self.row_x
        c, d, f = self.row_y
        return a * x + b * y + e, c * x + d * y + f


MAPS = [
    Map(0.0, 0.0, 0.0, 0.16, 0.0, 0.0, 1),
    Map(0.85, 0.04, -0.04, 0.85, 0.0, 1.6, 86),
    Map(0.2, -0.26, 0.23, 0.22, 0.0, 1.6, 93),
    Map(-0.15, 0.28, 0.26, 0.24, 0.0, 0.44, 100),
]


class Random:
    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 69069 + 1) & 0x3FFFFFFF
        return (self.state >> 8) % limit


def main(n):
    random, picture = Random(7), [[0] * 40 for _ in range(40)]
    x = y = 0.0
    for _ in range(n):
        chance = random.below(100)
        for chosen in MAPS:
            if chance < chosen.weight:
                x, y = chosen.apply(x, y)
                break
        picture[min(39, int(y * 4))][int((x + 3) * 6) % 40] += 1
    return sum(1 for row in picture for cell in row if cell)
