# websocket: frames that are read and written, in pieces, and such as are broken.
import io
import websocket


class Stream(io.IOBase):
    def __init__(self, data, step=1000):
        self.data = data
        self.step = step
        self.written = b""

    def readinto(self, buffer):
        piece = self.data[: min(len(buffer), self.step)]
        if not piece:
            return None if self.step < 1000 else 0
        self.data = self.data[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)

    def write(self, data):
        self.written += data
        return len(data)

    def ioctl(self, request, argument):
        self.written += b"<%d>" % request
        return 0

    def setblocking(self, flag):
        self.written += b"<%s>" % str(flag).encode()


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, *error.args)


def masked(mask, data):
    return bytes(byte ^ mask[i & 3] for i, byte in enumerate(data))


MASK = b"\x11\x22\x33\x44"
hello = b"\x81\x85" + MASK + masked(MASK, b"hello")
long = b"\x82\xfe\x01\x2c" + MASK + masked(MASK, b"x" * 300)
for step in (1000, 1, 2, 3):
    stream = Stream(hello + b"\x89\x00" + b"\x01\x02ab\x80\x02cd" + b"\x81\x00" + long, step)
    socket = websocket.websocket(stream)
    got = []
    for _ in range(700):
        piece = socket.read(3)
        if piece:
            got.append((piece, socket.ioctl(8)))
    print(step, got[:4], b"".join(piece for piece, _ in got) == b"helloabcd" + b"x" * 300, stream.written)

print("control frames")
stream = Stream(b"\x89\x04ping" + b"\x8a\x03abc" + b"\x81\x02ok" + b"\x88\x02\x03\xe8" + b"\x81\x02no")
socket = websocket.websocket(stream)
print(socket.read(10), socket.read(10), stream.written)

print("too long")
stream = Stream(b"\x81\x7f" + bytes(8))
socket = websocket.websocket(stream)
attempt(socket.read, 1)
print(stream.written)

print("written")
stream = Stream(b"")
socket = websocket.websocket(stream, True)
print(socket.write(b"abc"), stream.written)
stream = Stream(b"")
socket = websocket.websocket(stream)
print(socket.ioctl(9, 2), socket.write(bytes(125)), socket.write(bytes(126)), socket.write(bytes(65535)))
print(stream.written[:4], stream.written[127:134], stream.written[257:262], len(stream.written))
attempt(socket.write, bytes(65536))
socket.close()
print(stream.written[-3:])
attempt(socket.ioctl, 77)
attempt(websocket.websocket, 1)
attempt(websocket.websocket)
