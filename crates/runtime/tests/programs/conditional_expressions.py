# Conditional expressions and short circuits.
def show(x):
    print("eval", x)
    return x
print(show(1) if show(True) else show(2), show(1) if show(False) else show(2))
print(show(0) or show(5), show(0) and show(5), show(1) and show(0) or show(3))
print("a" if 0 else "b" if 1 else "c", [1, 2][True if 1 else 0], (lambda x: "big" if x > 5 else "small")(9))
x = 5; print("odd" if x % 2 else "even", -x if x < 0 else x)
