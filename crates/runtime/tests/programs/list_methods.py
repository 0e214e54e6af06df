# Methods of lists.
a = [3, 1, 2]
a.append(5); a.extend([7, 8]); a.insert(1, 9); a.insert(-1, 6); a.insert(100, 0)
print(a, len(a), a.index(9), a.count(1), a.pop(), a.pop(0), a.pop(-2), a)
a.remove(9); a.reverse(); print(a)
a.sort(); print(a); a.sort(reverse=True); print(a); a.sort(key=lambda x: -x % 3); print(a)
b = a.copy(); b.clear(); print(a, b, a == a.copy(), a is a.copy())
print([1, 2] + [3], [1, 2] * 2, [0] * 3, 2 in [1, 2], [1, 2] < [1, 3], [1] < [1, 0], [2] > [1, 5], [1, 2] == [1, 2.0])
a = [1]; a += (2, 3); a *= 2; print(a, list("abc"), list(range(3)), list((1, 2)), list({1: 2}))
for bad in (lambda: [].pop(), lambda: [1].remove(2), lambda: [1].index(2), lambda: [1][1], lambda: [1] + (2,), lambda: [1, "a"].sort()):
    try:
        bad()
    except (IndexError, ValueError, TypeError) as error:
        print(type(error).__name__, error)

# MicroPython differs: its sort is not stable, and compares the operands in another order.
