"""Counting in a while loop."""

N = 400_000


def main(n):
    i = total = 0
    while i < n:
        if i & 3:
            total += i
        i += 1
    return total
