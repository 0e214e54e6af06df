"""Trees of small objects, some short-lived, one that stays."""

N = 12


class Node:
    def __init__(self, left, right):
        self.left = left
        self.right = right

    def size(self):
        if self.left is None:
            return 1
        return 1 + self.left.size() + self.right.size()


def tree(depth):
    if depth == 0:
        return Node(None, None)
    return Node(tree(depth - 1), tree(depth - 1))


def main(n):
    kept = tree(n)
    total = 0
    for depth in range(2, n, 2):
        for _ in range(1 << (n - depth - 1 if n - depth > 1 else 0)):
            total += tree(depth).size()
    return total + kept.size()
