"""Collections with a heap full of objects that live on."""

import gc

N = 20


def main(n):
    alive = [[i, str(i), {"n": i}] for i in range(5_000)]
    for _ in range(n):
        gc.collect()
    return len(alive)
