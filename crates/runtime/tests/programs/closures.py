# Closures: shared, nested and changed variables.
def counter():
    count = 0
    def add(by=1):
        nonlocal count
        count += by
        return count
    def get():
        return count
    return add, get
add, get = counter()
print(add(), add(5), get())
functions = [lambda x, i=i: x + i for i in range(3)]
print([f(10) for f in functions])
late = [lambda: i for i in range(3)]
print([f() for f in late])
def outer(a):
    def middle(b):
        def inner(c):
            return a + b + c
        return inner
    return middle
print(outer(1)(2)(3))
def unset():
    def read():
        return later
    try:
        read()
    except NameError as error:
        print(type(error).__name__)
    later = 5
    return read()
print(unset())
def remove():
    x = 1
    def read():
        return x
    del x
    try:
        read()
    except NameError as error:
        print(type(error).__name__)
remove()
