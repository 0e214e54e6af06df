# A task that runs the loop goes on as itself.
# MicroPython differs: the task that runs the loop is lost there.
import asyncio
async def inner():
    await asyncio.sleep(0)
    return 3
async def outer():
    me = asyncio.current_task()
    print(asyncio.run(inner()))
    print(asyncio.current_task() is me)
    await asyncio.sleep(0)
    return 4
print(asyncio.run(outer()))
