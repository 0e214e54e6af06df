"""Many small objects that soon die."""

N = 100_000


def main(n):
    total = 0
    for i in range(n):
        pair = (i, i + 1)
        items = [i, pair]
        total += pair[1] - items[0] + len({"key": items})
        value = i * 0.5
        total += value > 1e9
    return total
