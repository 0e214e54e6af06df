# asyncio: tasks, what ends them, and waiting for several.
import asyncio


async def work(name, *times):
    try:
        for time in times:
            print(name, time)
            await asyncio.sleep_ms(time)
    except asyncio.CancelledError:
        print(name, "cancelled")
        raise
    finally:
        print(name, "ends")
    return name


async def fail(error):
    await asyncio.sleep(0)
    raise error


async def outcome(awaitable):
    # What comes of waiting for something.
    try:
        print("value", await awaitable)
    except (Exception, asyncio.CancelledError) as error:
        print("raised", repr(error))


async def order():
    tasks = [asyncio.create_task(work(name, 0, 0)) for name in "abc"]
    for task in tasks:
        await outcome(task)
    print([task.done() for task in tasks], tasks[0].cancel())
    await outcome(tasks[0])


async def cancelling():
    sleeper = asyncio.create_task(work("sleeper", 1000))
    waiter = asyncio.create_task(outcome(sleeper))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    # It is handed on to the one that is waited for.
    print(waiter.cancel(), sleeper.done())
    await waiter
    print(sleeper.done(), sleeper.cancel())
    unstarted = asyncio.create_task(work("unstarted"))
    unstarted.cancel()
    await outcome(unstarted)
    try:
        asyncio.current_task().cancel()
    except RuntimeError as error:
        print(error)


async def several_wait():
    async def wait(name):
        print(name, await task)

    task = asyncio.create_task(work("shared", 1))
    await asyncio.gather(wait("first"), wait("second"))


async def gathering():
    print(await asyncio.gather())
    print(await asyncio.gather(work("g", 1), work("h", 0), asyncio.sleep_ms(1)))
    print(await asyncio.gather(fail(KeyError(1)), work("i", 0), return_exceptions=True))
    slow = asyncio.create_task(work("slow", 0, 0, 0))
    await outcome(asyncio.gather(fail(ValueError(1)), slow))
    print(slow.done())
    await slow
    gatherer = asyncio.create_task(outcome(asyncio.gather(work("j", 1000), work("k", 1000))))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gatherer.cancel()
    await gatherer
    await asyncio.sleep(0)
    await outcome(asyncio.gather(slow, slow))


async def limits():
    await outcome(asyncio.wait_for(work("quick", 0), 10))
    await outcome(asyncio.wait_for_ms(work("late", 1000), 1))
    await outcome(asyncio.wait_for(fail(OSError(5)), 10))
    await outcome(asyncio.wait_for(work("patient", 0), None))
    await outcome(asyncio.wait_for_ms(asyncio.sleep_ms(0), 1000))
    await outcome(asyncio.wait_for_ms(asyncio.wait_for_ms(work("inner", 1000), 1), 1000))


async def sleeping():
    # Several that have not begun, in another order.
    first, second = asyncio.sleep_ms(2), asyncio.sleep_ms(1)
    await second
    other = asyncio.create_task(work("other", 0))
    await first
    await other
    # A sleep is over once.
    again = asyncio.sleep(0)
    await again
    await again
    await asyncio.sleep(-1)


async def main():
    for part in order, cancelling, several_wait, gathering, limits, sleeping:
        print("-", part.__name__)
        await part()
    return "done"


print(asyncio.run(main()))

print("- errors that nobody asks for")


def report(loop, context):
    print(context["message"], repr(context["exception"]), context["future"].done())


loop = asyncio.get_event_loop()
print(loop.get_exception_handler())
loop.set_exception_handler(report)


async def careless():
    asyncio.create_task(fail(ValueError("forgotten")))
    asyncio.create_task(fail(asyncio.CancelledError()))
    kept = asyncio.create_task(fail(ValueError("known")))
    await outcome(kept)
    await asyncio.sleep_ms(1)


asyncio.run(careless())
try:
    asyncio.run(fail(ValueError("of the main task")))
except ValueError as error:
    print(repr(error))
for wrong in (asyncio.current_task, lambda: asyncio.create_task(1), lambda: asyncio.missing):
    try:
        wrong()
    except Exception as error:
        print(repr(error))

print("- loops")
loop = asyncio.new_event_loop()


async def stopping():
    loop.stop()
    loop.stop()
    await asyncio.sleep(0)
    print("goes on")


loop.create_task(stopping())
loop.run_forever()
print("stopped")
print(loop.run_until_complete(work("last", 0)))
loop.close()

# MicroPython differs: its asyncio differs in what cancelled and gathered tasks come to.
