# asyncio: events, flags, locks, and streams.
import asyncio
import io
import micropython
import sys


async def events():
    async def wait(name):
        print(name, await event.wait())

    event = asyncio.Event()
    tasks = [asyncio.create_task(wait(name)) for name in "abc"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    print(event.is_set())
    event.set()
    print(event.is_set(), await event.wait())
    await asyncio.sleep(0)
    event.clear()
    print(event.is_set(), [task.done() for task in tasks])


async def flags():
    async def wait():
        await flag.wait()
        print("woken up")

    flag = asyncio.ThreadSafeFlag()
    flag.set()
    await flag.wait()
    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    micropython.schedule(lambda _: flag.set(), None)
    await task
    flag.set()
    flag.clear()
    first = asyncio.create_task(flag.wait())
    await asyncio.sleep(0)
    try:
        await flag.wait()
    except RuntimeError as error:
        print(error)
    first.cancel()
    print(await asyncio.gather(first, return_exceptions=True))
    try:
        await asyncio.wait_for_ms(flag.wait(), 1)
    except asyncio.TimeoutError:
        print("nobody sets it")


async def locks():
    async def use(name):
        async with lock:
            print(name, lock.locked())
            await asyncio.sleep(0)

    lock = asyncio.Lock()
    await asyncio.gather(*[use(name) for name in "abc"])
    print(lock.locked())
    await lock.acquire()
    tasks = [asyncio.create_task(use(name)) for name in "def"]
    await asyncio.sleep(0)
    tasks[0].cancel()
    lock.release()
    # The next one has it as good as taken, and gives it on when it is cancelled.
    tasks[1].cancel()
    print(await asyncio.gather(*tasks, return_exceptions=True))
    try:
        lock.release()
    except RuntimeError as error:
        print(error)


class Pipe(io.IOBase):
    # Gives and takes a few bytes at a time, and now and then none.
    def __init__(self, data=b""):
        self.data = data
        self.at = 0
        self.turn = 0
        self.written = []
        self.closed = False

    def ioctl(self, request, argument):
        if request == 3:
            return argument
        return -1

    def close(self):
        self.closed = True

    def readinto(self, buffer):
        self.turn += 1
        if self.turn % 3 == 0:
            return None
        part = self.data[self.at : self.at + min(len(buffer), 4)]
        buffer[: len(part)] = part
        self.at += len(part)
        return len(part)

    def read(self, size=-1):
        buffer = bytearray(size if size >= 0 else 100)
        count = self.readinto(buffer)
        return None if count is None else bytes(buffer[:count])

    def readline(self):
        return self.read(1)

    def write(self, data):
        self.turn += 1
        if self.turn % 2 == 0:
            return None
        part = bytes(data[:3])
        self.written.append(part)
        return len(part)


async def streams():
    pipe = Pipe(b"first line\nsecond line\nand all the rest")
    stream = asyncio.StreamReader(pipe, {"peername": "me"})
    print(stream.get_extra_info("peername"))
    print(await stream.readline(), await stream.read(2), await stream.readexactly(10))
    buffer = bytearray(5)
    print(await stream.readinto(buffer), buffer, await stream.read(), await stream.read(), await stream.read(1))
    try:
        await stream.readexactly(1)
    except EOFError as error:
        print(repr(error))
    print(await asyncio.StreamReader(Pipe()).readline())
    stream.write(b"some")
    stream.write(b" words")
    stream.write(bytearray(b"!"))
    await stream.drain()
    await stream.drain()
    print(pipe.written)
    stream.close()
    await stream.wait_closed()
    print(pipe.closed)

    ring = asyncio.StreamWriter(micropython.RingIO(8))
    data = bytes(range(30))

    async def send():
        ring.write(data)
        await ring.drain()

    sending = asyncio.create_task(send())
    print(await ring.readexactly(30) == data)
    await sending
    reading = asyncio.create_task(ring.read(1))
    await asyncio.sleep(0)
    reading.cancel()
    print(await asyncio.gather(reading, return_exceptions=True), len(asyncio.core._io_queue.map))


class Sockets:
    # A network with one listener, and connections to it.
    SOCK_STREAM = SOL_SOCKET = SO_REUSEADDR = 1

    def getaddrinfo(self, host, port, *rest):
        return [(2, 1, 6, "", (host, port))]

    def socket(self, *kind):
        return Socket(self)


class Socket(Pipe):
    def __init__(self, network):
        super().__init__()
        self.network = network
        self.waiting = None
        self.other = None

    def setblocking(self, blocking):
        assert not blocking

    def setsockopt(self, *option):
        pass

    def bind(self, address):
        print("bind", address)

    def listen(self, backlog):
        self.waiting = []
        self.network.listener = self

    def connect(self, address):
        self.address = address
        self.other = Socket(self.network)
        self.other.other = self
        self.network.listener.waiting.append(self.other)
        raise OSError(115)

    def accept(self):
        return self.waiting.pop(), "a client"

    def ioctl(self, request, argument):
        if request == 3 and self.waiting is not None:
            return argument if self.waiting else 0
        if request == 3 and self.at == len(self.data):
            return argument & 4
        return -1 if request == 10 else argument

    def close(self):
        print("closed")

    def readinto(self, buffer):
        part = self.data[self.at : self.at + len(buffer)]
        buffer[: len(part)] = part
        self.at += len(part)
        return len(part)

    def write(self, data):
        self.other.data += bytes(data)
        return len(data)


async def connections():
    async def serve(reader, writer):
        print("from", reader.get_extra_info("peername"))
        writer.write(b"<" + await reader.readexactly(5) + b">")
        await writer.drain()
        await writer.wait_closed()

    try:
        await asyncio.open_connection("localhost", 80)
    except OSError as error:
        # This host has no network.
        print(error.errno)
    sys.modules["socket"] = Sockets()
    async with await asyncio.start_server(serve, "0.0.0.0", 80) as server:
        reader, writer = await asyncio.open_connection("localhost", 80)
        writer.write(b"hello")
        await writer.drain()
        print(await reader.readexactly(7))
        await asyncio.sleep(0)
    print(server.task.done())


async def main():
    for part in events, flags, locks, streams, connections:
        print("-", part.__name__)
        await part()


asyncio.run(main())
import uasyncio

print(uasyncio.Event is asyncio.Event, asyncio.__file__, asyncio.core.__name__)

# MicroPython does not end: its asyncio lets a second task wait for a stream, and never wakes the first.
