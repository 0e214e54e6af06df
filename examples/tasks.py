"""Two tasks that take turns."""

import asyncio


async def count(name, pause):
    for n in range(3):
        print(name, n)
        await asyncio.sleep_ms(pause)
    return name


async def main():
    print(await asyncio.gather(count("fast", 20), count("slow", 50)))


asyncio.run(main())
