# Coroutines driven by hand: await, async for, async with.
class Awaitable:
    def __init__(self, value):
        self.value = value
    def __iter__(self):
        got = yield self.value
        return got
    __await__ = __iter__
async def one(x):
    got = await Awaitable(x)
    return got * 2
async def two():
    return await one(1) + await one(2)
def run(coroutine):
    sent = None
    while True:
        try:
            sent = coroutine.send(sent) * 10
        except StopIteration as error:
            return error.value
print(run(two()))
class Counter:
    def __init__(self, n):
        self.n = n
    def __aiter__(self):
        return self
    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        return self.n
class Manager:
    async def __aenter__(self):
        print("enter")
        return "manager"
    async def __aexit__(self, *args):
        print("exit", args[0] and args[0].__name__)
        return True
async def three():
    total = 0
    async for i in Counter(4):
        if i == 1:
            continue
        total += i
    else:
        print("end of loop")
    async with Manager() as m:
        print(m)
        raise ValueError
    return total
print(run(three()))
