# Comparisons in chains ask each operand once.
def show(x):
    print("ask", x)
    return x
print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 > 1 > 0, 1 == 1 == 1.0, 1 < 2 > 1, 1 in [1] == True)
print(show(1) < show(5) < show(3))
print(show(5) < show(1) < show(3))
print(1 is not None is not 2, not 1 == 2, 1 not in [2], None is None)
