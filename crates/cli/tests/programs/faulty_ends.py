# Sockets whose other ends close, close one way, send a byte at a time, or never read.
#
# MicroPython differs: sockets have no `shutdown`.
import asyncio
import errno
import socket

PORT = 18443
EPIPE = 32


def name(error):
    return "EPIPE" if error.errno == EPIPE else errno.errorcode[error.errno]


def address(port):
    return socket.getaddrinfo("127.0.0.1", port)[0][-1]


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(address(PORT))
listener.listen(1)


def pair():
    near = socket.socket()
    near.connect(address(PORT))
    return near, listener.accept()[0]


def until_refused(write):
    # Writes until that is an error: which. The first bytes may go out before the other end says that nobody is there.
    for _ in range(1000):
        try:
            write(b"x" * 1000)
        except OSError as error:
            return name(error)


print("closed")
near, far = pair()
far.close()
print(near.read(), near.recv(1), until_refused(near.send) in ("EPIPE", "ECONNRESET"))
near.close()

print("closed with data that was not read")
near, far = pair()
near.write(b"unread")
far.close()
try:
    print(near.recv(1))
except OSError as error:
    print(name(error))
near.close()

print("closed one way")
near, far = pair()
near.write(b"the last words\n")
near.shutdown(socket.SHUT_WR)
try:
    near.send(b"x")
except OSError as error:
    print(name(error))
print(far.read())
far.write(b"an answer")
far.close()
print(near.read())
near.close()

print("never read")
near, far = pair()
near.settimeout(0.05)
sent = 0
try:
    while True:
        sent += near.send(b"x" * 10000)
except OSError as error:
    print(name(error), sent > 0)
near.setblocking(False)
print(near.write(b"x" * 10000))
# What was sent arrives, and then there is room again.
far.settimeout(1)
read = 0
while read < sent:
    read += len(far.recv(min(60000, sent - read)))
print(read == sent)
near.settimeout(1)
print(near.write(b"more"), far.recv(10))
near.close()
far.close()

print("a byte at a time")
near, far = pair()
near.setblocking(False)
lines = []
for byte in b"one\ntwo\nthr":
    far.write(bytes([byte]))
    line = near.readline()
    if line is not None:
        lines.append(line)
far.close()
while True:
    line = near.readline()
    if line == b"":
        break
    lines.append(line)
print(b"".join(lines))
near.close()
listener.close()


async def slow(reader, writer):
    for byte in b"a line\nand the rest":
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep_ms(1)
    writer.close()
    await writer.wait_closed()


async def silent(reader, writer):
    # It reads nothing and says nothing until the other end has had enough.
    await enough.wait()
    writer.close()
    await writer.wait_closed()


async def with_server(port, serve, ask):
    server = await asyncio.start_server(serve, "127.0.0.1", port)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        await ask(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()


async def ask_slow(reader, writer):
    print(await reader.readline())
    print(await reader.readexactly(4))
    print(await reader.readline())
    try:
        await reader.readexactly(1)
    except EOFError:
        print("EOFError")


async def count(turns):
    while True:
        turns.append(0)
        await asyncio.sleep_ms(1)


async def ask_silent(reader, writer):
    # Others have their turns while nothing can be written or read.
    turns = []
    counter = asyncio.create_task(count(turns))
    try:
        await asyncio.wait_for_ms(reader.read(1), 30)
    except asyncio.TimeoutError:
        print("nothing to read", len(turns) > 3)
    turns.clear()
    try:
        writer.write(b"x" * 8_000_000)
        await asyncio.wait_for_ms(writer.drain(), 30)
    except asyncio.TimeoutError:
        print("no room", len(turns) > 3)
    counter.cancel()
    enough.set()


print("asyncio")
enough = asyncio.Event()
asyncio.run(with_server(PORT + 1, slow, ask_slow))
asyncio.run(with_server(PORT + 2, silent, ask_silent))
