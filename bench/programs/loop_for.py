"""Loops over ranges, lists and enumerations."""

N = 60_000


def main(n):
    total = 0
    for i in range(n):
        total += i
    items = list(range(n // 2))
    for item in items:
        total ^= item
    for index, item in enumerate(items):
        if index != item:
            raise ValueError(index)
    for a, b in zip(items, items):
        total += a - b
    return total
