# heapq: what comes out is in order, whatever the comparisons do.
import heapq


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(repr(error))


items = [n * 37 % 101 for n in range(60)] + [5, 5, 5]
heap = items[:]
heapq.heapify(heap)
print(heap)
print([heapq.heappop(heap) for _ in range(len(heap))] == sorted(items), heap)
for item in items:
    heapq.heappush(heap, item)
print(heap)
print([heapq.heappop(heap) for _ in range(30)])
pairs = [("b", 1), ("a", 2), ("a", 1)]
heapq.heapify(pairs)
print(pairs, heapq.heappop(pairs), pairs)
for small in [], [1], [2, 1]:
    heapq.heapify(small)
    print(small)
attempt(heapq.heappop, [])
for function in heapq.heappop, heapq.heapify:
    attempt(function, (1, 2))
attempt(heapq.heappush, {}, 1)
attempt(heapq.heapify, [1, "a"])
