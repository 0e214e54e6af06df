# Cells: shared, rebound, nested, deleted, and passed through a function that does not use them.
def counter(start, step=1):
    value = start

    def up():
        nonlocal value
        value += step
        return value

    def down():
        nonlocal value
        value -= step
        return value

    return up, down


up, down = counter(10)
print(up(), up(), down())
other, _ = counter(0, 5)
print(other(), up())


def outer(x):
    def middle():
        def inner(y):
            return x, y

        return inner

    return middle()


print(outer("x")("y"))


def adders():
    return [lambda n, i=i: n + i for i in range(3)], [lambda n: n + i for i in range(3)]


early, late = adders()
print([f(10) for f in early], [f(10) for f in late])


def unbound():
    def read():
        return late_value

    try:
        read()
    except NameError as error:
        print(type(error).__name__)
    late_value = 1
    print(read())
    del late_value
    try:
        print(read())
    except NameError as error:
        print(type(error).__name__)


unbound()


def parameters(a, *args, b=2, **kwargs):
    def show():
        return a, args, b, sorted(kwargs.items())

    a += 1
    return show


print(parameters(1, 2, 3, b=4, z=5, y=6)())


class Scope:
    label = "class"

    def method(self):
        label = "method"

        class Inner:
            seen = label

            def get(self):
                return label

        return Inner.seen, Inner().get(), self.label


print(Scope().method())


def recursive(n):
    def fact(k):
        return 1 if k < 2 else k * fact(k - 1)

    return fact(n)


print(recursive(10))
print([[(i, j) for j in range(i)] for i in range(3)])
