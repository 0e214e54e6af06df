"""What the programs here share: addresses, and figures as `run` reads them."""

import asyncio
import socket
import sys
import time


def address(port):
    return socket.getaddrinfo("127.0.0.1", port)[0][-1]


def listen(port, backlog=64):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address(port))
    listener.listen(backlog)
    return listener


def connect(port):
    connection = socket.socket()
    connection.connect(address(port))
    return connection


def ready():
    """Says that clients may come. MicroPython's output has no buffer to flush."""
    print("ready")


def serve(answer, port, backlog):
    """A server of asyncio that has `answer` see to each connection, for ever."""

    async def run():
        await asyncio.start_server(answer, "127.0.0.1", port, backlog)
        ready()
        while True:
            await asyncio.sleep(3600)

    asyncio.run(run())


def rate(what, unit, count, work):
    """Prints how many a second of `count` things `work()` gets done."""
    start = time.ticks_us()
    work()
    micros = time.ticks_diff(time.ticks_us(), start)
    print("%s|%s|%.3f" % (what, unit, count * 1e6 / max(micros, 1)))


def main(roles):
    """Plays the part that the command line names, with the numbers that follow."""
    roles[sys.argv[1]](*[int(word) for word in sys.argv[2:]])
