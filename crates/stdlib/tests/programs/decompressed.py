# deflate: streams of all formats, read in pieces of any size, and what is broken in them.
import deflate
import io

TEXT = b"micropython hello world hello world micropython"
RAW = b'\xcb\xcdL.\xca/\xa8,\xc9\xc8\xcfS\xc8H\xcd\xc9\xc9W(\xcf/\xcaIAa\xe7"\xd4\x00\x00'
ZLIB = b"\x18\x95" + RAW + b"\xbc\xfa\x12\x91"
GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + RAW + b'"\xeb\xc4\x98/\x00\x00\x00'
NAMED = b"\x1f\x8b\x08\x1e\x00\x00\x00\x00\x00\x03\x02\x00xyname\x00comment\x00ab" + GZIP[10:]
STORED = b"x\x01\x01\x05\x00\xfa\xffhello\x06,\x02\x15"
DYNAMIC = (
    b"x\x9c\x05\xc1\x81\x01\x000\x04\x04\xb1\x95\\\x1f\xcfn\x86o\x82d\x06Qq\xc8\x9d\xc5X}<e\xb5g\x83\x0f\x89X\x07\xab"
)
# "hello", then 300 zeros, then "hello" again, 305 bytes back.
FAR = b"\xcbH\xcd\xc9\xc9g\x18\xe9\x00\x08\x88\xf5\x7fFjNN>\x00"


def read(data, *args):
    try:
        return deflate.DeflateIO(io.BytesIO(data), *args).read()
    except Exception as error:
        return repr(error)


print("formats")
for data in RAW, ZLIB, GZIP, NAMED, STORED, DYNAMIC:
    print([read(data, format) for format in (deflate.AUTO, deflate.RAW, deflate.ZLIB, deflate.GZIP)])
for wbits in 0, 5, 8, 15, 4, 16, -1:
    print(wbits, read(ZLIB, deflate.ZLIB, wbits), len(read(FAR, deflate.RAW, wbits)))
for args in (-1,), (4,), ("a",), (0, "a"), (0, 0, False, 1):
    print(read(ZLIB, *args))

print("pieces")
for size in 1, 2, 7, 100:
    source = io.BytesIO(ZLIB + b"more")
    stream = deflate.DeflateIO(source)
    pieces = []
    while piece := stream.read(size):
        pieces.append(piece)
    print(len(pieces), b"".join(pieces) == TEXT, source.read())
source = io.BytesIO(GZIP)
stream = deflate.DeflateIO(source)
print(source.tell(), stream.read(1), source.tell(), stream.read(2), source.tell())
lines = deflate.DeflateIO(io.BytesIO(STORED))
buffer = bytearray(3)
print(lines.readinto(buffer), buffer, lines.readline(), lines.readline())

print("broken")
for data in (
    b"",
    b"\x18",
    RAW,
    ZLIB[:-1],
    ZLIB[:10],
    ZLIB[:-4] + b"\x00\x00\x00\x00",
    GZIP[:-8] + b"\x00" * 8,
    GZIP[:-4],
    b"\x1f\x8b\x07" + GZIP[3:],
    b"\x1f\x8b\x08\x20" + GZIP[4:],
    b"\x18\xb5" + ZLIB[2:],
    b"\x98\x15" + ZLIB[2:],
):
    print(read(data))
for data in (b"\x07", b"\x01\x05\x00\xfa\x00hello", b"\x05\xff\xff", b"\xed\xff" + b"\xff" * 8, b"\x03\x02", b"\x63\x00\x02\x00"):
    print(read(data, deflate.RAW))
# Whatever is changed, there is an answer.
answers = set()
for at in range(len(DYNAMIC)):
    for bit in range(8):
        changed = bytearray(DYNAMIC)
        changed[at] ^= 1 << bit
        answer = read(changed)
        answers.add(answer if isinstance(answer, str) else "data")
print(sorted(answers))

print("closing")




source = io.BytesIO(ZLIB)
with deflate.DeflateIO(source) as stream:
    print(stream.read(5))
print(source.tell() > 0)
try:
    stream.read()
except OSError as error:
    print(error)
stream.close()
with deflate.DeflateIO(source, deflate.AUTO, 0, True):
    pass
try:
    source.read()
except ValueError as error:
    print(error)
try:
    deflate.DeflateIO(None).read()
except (OSError, TypeError) as error:
    print(error)
print(hasattr(deflate.DeflateIO, "write"))


class Loop(io.IOBase):
    # A source that reads what is made of it.
    def readinto(self, buffer):
        return stream.readinto(buffer)


stream = deflate.DeflateIO(Loop(), deflate.RAW)
try:
    stream.read()
except OSError as error:
    print(error)

# MicroPython differs: it reports data that ends early by EOFError, and a stream that reads itself until no frame is left.
