# A stream in memory shares the bytes that it is made of until it is written to; nobody notices.
import gc
import io
import micropython

data = b"0123456789" * 1000
before = micropython.mem_total()
stream = io.BytesIO(data)
print(micropython.mem_total() - before < len(data))
print(stream.read(12), stream.tell())
stream.seek(4)
stream.write(b"abcd")
print(data[:12], stream.getvalue()[:12])
stream.seek(0, 2)
stream.write(b"end")
print(len(data), len(stream.getvalue()), stream.getvalue()[-6:])

# What it was made of stays as long as the stream.
stream = io.BytesIO(bytes(range(256)) * 20)
gc.collect()
[bytes(5120) for _ in range(20)]
print(stream.read(3), stream.read()[-3:])

# Bytes that may change are copied.
source = bytearray(b"before")
stream = io.BytesIO(source)
source[:] = b"after!"
print(stream.read())

text = "naïve"
stream = io.StringIO(text)
print(stream.read(3), stream.getvalue() == text)
stream.write("!")
print(stream.getvalue(), text)

stream = io.BytesIO(b"abc")
stream.seek(5)
stream.write(b"x")
print(stream.getvalue())
stream.close()
try:
    stream.getvalue()
except ValueError as error:
    print(error)
