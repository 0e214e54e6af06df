"""A server of asyncio, and many clients of asyncio at once in another process, which stay connected while they talk."""

import asyncio

from common import main, rate, serve


async def echo(reader, writer):
    while True:
        data = await reader.read(64)
        if not data:
            break
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def talk(port, count):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(count):
        writer.write(b"sixteen bytes...")
        await writer.drain()
        got = 0
        while got < 16:
            got += len(await reader.read(64))
    writer.close()
    await writer.wait_closed()


async def all_talk(port, clients, count):
    await asyncio.gather(*[talk(port, count) for _ in range(clients)])


def client(port):
    for clients, count in (100, 50), (1000, 5):
        work = all_talk(port, clients, count)
        rate("asyncio, %d clients at once" % clients, "messages/s", clients * count, lambda: asyncio.run(work))


main({"server": lambda port: serve(echo, port, 2048), "client": client})
