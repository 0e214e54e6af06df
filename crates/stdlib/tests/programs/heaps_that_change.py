# A heap that changes while its items are compared: RuntimeError, as in CPython, if it has more or fewer items then.
import heapq


class Node:
    change = None

    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        if Node.change:
            Node.change()
        return self.n < other.n


def replace():
    heap[0] = Node(0)


for name, change in (
    ("clear", lambda: heap.clear()),
    ("pop", lambda: heap.pop()),
    ("append", lambda: heap.append(None)),
    ("replace", replace),
):
    for work in (
        lambda: heapq.heappush(heap, Node(0)),
        lambda: heapq.heappop(heap).n,
        lambda: heapq.heapify(heap),
    ):
        Node.change = None
        heap = [Node(n) for n in range(6)]
        Node.change = change
        try:
            print(name, work(), len(heap))
        except RuntimeError as error:
            print(name, error, len(heap))

# MicroPython differs: it reads items that are gone there.
