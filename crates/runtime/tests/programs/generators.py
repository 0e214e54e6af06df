# Generators, delegation and coroutines.
def numbers(n):
    try:
        for i in range(n):
            got = yield i
            if got:
                print("got", got)
    finally:
        print("closed")
    return "done"


def outer():
    result = yield from numbers(3)
    print("result", result)
    yield "last"


print(list(outer()))
g = numbers(5)
print(next(g), g.send("x"), next(g))
g.close()
g = outer()
next(g)
try:
    g.throw(ValueError("thrown"))
except ValueError as e:
    print("out again", e)


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


print(sum(tree(8)), [x for x in tree(3)])


class Wait:
    def __await__(self):
        print((yield "waiting"))
        return "waited"


class Guard:
    async def __aenter__(self):
        print("aenter")

    async def __aexit__(self, *what):
        print("aexit", what[0] and what[0].__name__)


async def main():
    async with Guard():
        print(await Wait())
    try:
        async with Guard():
            raise ValueError
    except ValueError:
        print("passed on")
    async with Guard():
        return "main's result"


co = main()
print(co.send(None))
try:
    co.send("sent")
except StopIteration as e:
    print(e.value)
