# Calls and returns in machine code, and all the ways out of them.


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


print(fib(15), [fib(n) for n in range(10)])


def deep(n):
    if n == 0:
        raise ValueError("deep")
    return deep(n - 1) + 1


def caught(n):
    out = 0
    for i in range(n):
        try:
            deep(i)
        except ValueError as error:
            out += i
    return out


print(caught(30))


def endless(n):
    return endless(n + 1) + 1


for turn in range(2):
    try:
        endless(0)
    except RuntimeError as error:
        print("RuntimeError", error)


class P:
    def __init__(self, v):
        self.v = v

    def get(self):
        return self.v

    def double(self):
        return self.get() * 2


def methods(n):
    p = P(3)
    s = 0
    for i in range(n):
        s += p.get() + p.v + p.double()
        if i == 10:
            p.v = 0.5
        if i == 20:
            p.get = lambda: 100
        if i == 30:
            del p.get
        if i == 40:
            P.get = lambda self: 1000
        if i == 50:
            P.get = lambda self: 2000
            P.double = lambda self: 7
    return s


print(methods(60))


def helper(a, b=2, *rest, c=3, **more):
    return a + b + c + len(rest) + len(more)


def shapes(n):
    s = 0
    for i in range(n):
        s += helper(i) + helper(i, 1) + helper(i, 1, 5, 6, c=4, d=1) + helper(*[1, 2, 3]) + helper(b=i, a=1)
    return s


print(shapes(30))

count = 0


def bump():
    global count
    count = count + 1
    return count


def variables(n):
    global bump
    s = 0
    for i in range(n):
        s += bump() + len("abc") + abs(-i)
        if i == 20:
            bump = lambda: 1
        if i == 30:
            globals()["len"] = lambda x: 50
        if i == 40:
            del globals()["len"]
    return s, count


print(variables(50))


def closures(n):
    total = 0

    def add(x):
        nonlocal total
        total += x
        return total

    for i in range(n):
        add(i)
    return total


print(closures(50))


def generate(n):
    for i in range(n):
        yield i * i


def generators(n):
    s = 0
    for value in generate(n):
        s += value
    return s, sum(generate(n)), list(generate(4))


print(generators(40))


def cleanup(n):
    out = []
    for i in range(n):
        try:
            if i == 3:
                continue
            if i == 6:
                return out
            out.append(i)
        finally:
            out.append("f")
    return None


print(cleanup(9))
