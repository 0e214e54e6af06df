"""Blocks of all sizes with random lifetimes."""

N = 60_000


def main(n):
    alive = [None] * 500
    seed, total = 1, 0
    for _ in range(n):
        seed = (seed * 1664525 + 1013904223) & 0x3FFFFFFF
        at, size = seed % 500, seed >> 10 & 0x1FF
        if seed & 0x40000:
            alive[at] = bytearray(size)
        elif seed & 0x80000:
            alive[at] = [at] * (size & 31)
        else:
            alive[at] = "x" * (size & 63)
        total += len(alive[at])
    return total
