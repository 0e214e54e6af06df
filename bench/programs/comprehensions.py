"""Comprehensions of lists, dicts and sets, and sorting."""

N = 600


def main(n):
    total = 0
    for i in range(n):
        squares = [x * x for x in range(100)]
        odd = {x for x in squares if x & 1}
        places = {x: index for index, x in enumerate(squares)}
        grid = [[x + y for x in range(5)] for y in range(5)]
        order = sorted(squares, key=lambda x: x % 17)
        total += len(odd) + places[81] + grid[4][4] + order[i % 100] + sum(map(abs, squares))
    return total
