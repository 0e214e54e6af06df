"""Dicts and sets with keys of several kinds."""

N = 400


def main(n):
    total = 0
    for i in range(n):
        numbers = {}
        for key in range(100):
            numbers[key * 7 & 0x3FF] = key
        names = {"a": 1, "b": 2}
        for name in ("alpha", "beta", "gamma", "a", "b"):
            names[name] = names.get(name, 0) + i
        pairs = {(x, x + 1): x for x in range(20)}
        for key, value in numbers.items():
            total += value if key in names else 1
        seen = set()
        for x in range(100):
            seen.add(x % 37)
        total += len(seen | {1, 2, 100}) + pairs[3, 4] + len(seen & set(range(10)))
        for x in range(0, 50):
            numbers.pop(x * 7 & 0x3FF, None)
        total += len(numbers) + sum(names.values())
    return total
