"""A small HTTP server of asyncio, which answers one request of each connection. Its client is `run`."""

import asyncio

from common import main, ready


async def answer(reader, writer):
    await reader.readline()
    while await reader.readline() not in (b"\r\n", b""):
        pass
    writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, world\n")
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def serve(port):
    await asyncio.start_server(answer, "127.0.0.1", port, 256)
    ready()
    while True:
        await asyncio.sleep(3600)


main({"server": lambda port: asyncio.run(serve(port))})
