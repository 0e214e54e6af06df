# async def, for and with, and ways out of them.
async def awaits(a, b):
    await a
    x = await a + await b
    return [await a, (await b).c, (await a)(await b), x]


async def loops(a):
    async for x in a:
        if x:
            continue
        break
    else:
        await a
    async for x, (y, *z) in a.b():
        async for w in x:
            for v in w:
                if v:
                    break
                continue
            else:
                return w
            break
    for x in a:
        async for y in x:
            if y:
                break
        else:
            a = x


async def managers(a, b):
    async with a:
        pass
    async with a as x, b as (y, z), a:
        return x
    async with None:
        await a
    async with a as x:
        async with x as y:
            return y
        await b
    async with b:
        raise ValueError


async def ways_out(a, b):
    for x in a:
        async with x as y:
            if y:
                continue
            break
    for i in range(a):
        async with b:
            if i:
                break
            continue
    while a:
        async with a:
            async with b:
                if a:
                    break
                continue
    async for x in a:
        async with x:
            try:
                async with b as y:
                    if y:
                        continue
                    if x:
                        return y
                    break
            except ValueError:
                break
            finally:
                await y
        with b as z:
            async with z:
                return z


async def through_finally(a, b):
    for x in a:
        try:
            async with x:
                continue
        finally:
            async with b:
                await b
            for y in b:
                async with y:
                    break
            async for z in b:
                try:
                    break
                finally:
                    await z
            async with b:
                break
    try:
        return await a
    finally:
        async with a:
            return await b


async def generator_like(a):
    async def inner(b):
        async with a as c:
            return c + b

    class Local:
        async def __aenter__(self):
            return await inner(self)

    return await Local(), [x for x in await a]


async def handlers(a):
    try:
        async with a:
            await a
    except ValueError as e:
        async with e as f:
            return f
    except TypeError:
        async for x in a:
            raise
    else:
        async with a:
            pass


@staticmethod
async def decorated(a=1, *args, b=2, **kwargs):
    async with kwargs[b] as a[0], args as b.c:
        pass
