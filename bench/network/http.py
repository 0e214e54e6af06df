"""A small HTTP server of asyncio, which answers one request of each connection. Its client is `run`."""

from common import main, serve


async def answer(reader, writer):
    await reader.readline()
    while await reader.readline() not in (b"\r\n", b""):
        pass
    writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, world\n")
    await writer.drain()
    writer.close()
    await writer.wait_closed()


main({"server": lambda port: serve(answer, port, 256)})
