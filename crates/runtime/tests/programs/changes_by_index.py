# Indices that are objects, and change what they index when they are asked for their value.
from array import array
from collections import deque


class Index:
    def __init__(self, work, value):
        self.work = work
        self.value = value

    def __index__(self):
        self.work()
        return self.value

    __int__ = __index__


def attempt(name, work):
    try:
        print(name, work())
    except (IndexError, ValueError, TypeError) as error:
        print(name, type(error).__name__)


data = bytearray(500)
items = list(range(500))
numbers = array("h", range(500))
queue = deque(range(50), 60)


def shrink_data():
    data[:] = b"abcdef"


def shrink_items():
    items[:] = [1, 2, 3]


def shrink_numbers():
    numbers[:] = array("h", [7, 8, 9])


def shrink_queue():
    while len(queue) > 2:
        queue.popleft()


def refill():
    data[:] = bytes(500)
    items[:] = range(500)
    numbers[:] = array("h", range(500))
    queue.extend(range(50))


def store(sequence, index, value):
    sequence[index] = value
    return sequence


def store_slice(sequence, start, stop, value):
    sequence[start:stop] = value
    return sequence


def delete_slice(sequence, start, stop):
    del sequence[start:stop]
    return sequence


for name, sequence, work, part in (
    ("bytearray", data, shrink_data, b"xy"),
    ("list", items, shrink_items, [8, 9]),
    ("array", numbers, shrink_numbers, array("h", [8, 9])),
):
    for start, stop in ((2, 400), (1, 2), (300, 400), (-400, -1)):
        refill()
        attempt(name + " slice", lambda: sequence[Index(work, start) : stop])
        refill()
        attempt(name + " slice", lambda: sequence[start : Index(work, stop)])
        refill()
        attempt(name + " store", lambda: store_slice(sequence, Index(work, start), Index(work, stop), part))
    refill()
    attempt(name + " item", lambda: sequence[Index(work, 400)])
    refill()
    attempt(name + " item", lambda: sequence[Index(work, 1)])

refill()
attempt("list delete", lambda: delete_slice(items, 1, Index(shrink_items, 400)))
refill()
attempt("list store", lambda: store(items, Index(shrink_items, 400), 1))
refill()
attempt("deque item", lambda: queue[Index(shrink_queue, 30)])
refill()
attempt("deque store", lambda: list(store(queue, Index(shrink_queue, 30), 1)))
refill()
attempt("deque store", lambda: list(store(queue, Index(shrink_queue, 1), 1)))

# MicroPython differs: only lists and tuples can be assigned to a slice of a list there.
