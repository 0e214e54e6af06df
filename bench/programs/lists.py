"""Lists: growing, slicing, searching, sorting."""

N = 1_500


def main(n):
    total = 0
    seed = 12345
    for _ in range(n):
        items = []
        for _ in range(60):
            seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
            items.append(seed >> 8)
        items.sort()
        middle = items[20:40]
        middle.reverse()
        items[5:10] = middle[:3]
        items.insert(3, 17)
        items.extend(middle)
        total += items.index(17) + len(items + middle) + (17 in items)
        items.pop()
        items.pop(0)
        del items[2:5]
        total += items[-1] & 0xFF
    return total
