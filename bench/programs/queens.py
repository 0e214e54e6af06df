"""Queens on a board, by generators over permutations."""

N = 7


def permutations(items):
    if len(items) <= 1:
        yield items
        return
    for i in range(len(items)):
        for rest in permutations(items[:i] + items[i + 1 :]):
            yield (items[i],) + rest


def main(n):
    found = 0
    for places in permutations(tuple(range(n))):
        rising = set(place + row for row, place in enumerate(places))
        falling = set(place - row for row, place in enumerate(places))
        if len(rising) == n == len(falling):
            found += 1
    return found
