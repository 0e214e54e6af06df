# Answers that are none end in an error.
# MicroPython differs: its requests is another program.
from requests import _begin, _Body
import io
def answer(data):
    s = io.BytesIO(data)
    try:
        r, length, chunked, moved = _begin(s, True)
        print(r.status_code, _Body(s, length, chunked).read())
    except Exception as e:
        print(repr(e))
answer(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc")
answer(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc")
answer(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
answer(b"HTTP/1.1 abc OK\r\n\r\nabc")
answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n")
answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n")
answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
answer(b"HTTP/1.1 200 OK\r\nX: \xff\xfe\r\n\r\n")
answer(b"HTTP/1.1 200 OK\r\nX: 1\r\n")
answer(b"")
