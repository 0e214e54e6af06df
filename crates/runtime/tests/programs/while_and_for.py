# Loops with break, continue and else.
for i in range(5):
    if i == 1:
        continue
    if i == 3:
        break
    print(i)
else:
    print("not reached")
for i in []:
    pass
else:
    print("empty loop's else")
n = 3
while n:
    n -= 1
    if n == 1:
        continue
    print("n", n)
else:
    print("while else")
while True:
    break
for i in range(2):
    for j in range(3):
        if j == 1:
            break
        print(i, j)
    else:
        print("no")
items = [1, 2, 3]
for item in items:
    if item < 3:
        items.append(item + 10)
print(items)
def find(wanted):
    for i in range(10):
        for j in range(10):
            if i * j == wanted:
                return i, j
print(find(42), find(97))
for a, (b, *c) in [(1, (2, 3, 4)), (5, (6,))]:
    print(a, b, c)
