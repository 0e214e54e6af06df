"""The most flips that sorting a permutation by its prefix takes."""

N = 7


def main(n):
    order, count = list(range(n)), [0] * n
    most = checksum = number = 0
    while True:
        flipped = order[:]
        flips = 0
        first = flipped[0]
        while first:
            flipped[: first + 1] = flipped[first::-1]
            first = flipped[0]
            flips += 1
        most = max(most, flips)
        checksum += -flips if number & 1 else flips
        number += 1
        i = 1
        while True:
            if i == n:
                return checksum, most
            order.insert(i, order.pop(0))
            count[i] += 1
            if count[i] <= i:
                break
            count[i] = 0
            i += 1
