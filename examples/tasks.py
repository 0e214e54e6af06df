"""Two tasks that take turns."""

import asyncio


async def count(name, pause):
    for n in range(3):
        print(name, n)
        await asyncio.sleep_ms(pause)
    return name


async def main():
    print(await asyncio.gather(count("fast", 10), count("slow", 100)))


asyncio.run(main())
