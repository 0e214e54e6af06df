# requests, and mip: a server in another thread answers in all the ways that servers have.
import _thread
import json
import os
import requests
import socket
import sys

ANSWERS = {
    "/length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Name: value: more\r\n\r\nhello and more",
    "/close": b"HTTP/1.0 200 OK\r\n\r\nto the end",
    "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: x\r\n\r\n",
    "/moved": b"HTTP/1.1 301 Moved\r\nLocation: /length\r\nContent-Length: 0\r\n\r\n",
    "/here/moved": b"HTTP/1.1 302 Moved\r\nLocation: other?x=1\r\n\r\n",
    "/here/other?x=1": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother",
    "/loop": b"HTTP/1.1 302 Moved\r\nLocation: /loop\r\n\r\n",
    "/none": b"HTTP/1.1 204 No Content\r\n\r\n",
    "/json": b'HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{"numbers":[1,2]}',
    "/early": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n",
    "/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut off",
    "/nonsense": b"SSH-2.0-server\r\n",
    "/silent": b"",
    "/package/py/small/latest.json": b'HTTP/1.0 200 OK\r\n\r\n{"hashes":[["small/__init__.py","8d969eef"]],"deps":[["other","1.0"]]}',
    "/package/py/other/1.0.json": b'HTTP/1.0 200 OK\r\n\r\n{"urls":[["other.py","SERVER/other.py"]]}',
    "/package/py/bad/latest.json": b'HTTP/1.0 200 OK\r\n\r\n{"hashes":[["bad.py","00000000"]]}',
    "/package/py/away/latest.json": b'HTTP/1.0 200 OK\r\n\r\n{"urls":[["../away.py","SERVER/other.py"]]}',
    "/file/8d/8d969eef": b"HTTP/1.0 200 OK\r\n\r\n123456",
    "/file/00/00000000": b"HTTP/1.0 200 OK\r\n\r\nsomething else",
    "/other.py": b"HTTP/1.0 200 OK\r\n\r\nname = 'other'\n",
}

asked = []


def serve():
    while True:
        connection, _ = listener.accept()
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = connection.recv(1)
            if not byte:
                break
            head += byte
        if not head:
            connection.close()
            continue
        lines = head.decode().split("\r\n")[:-2]
        body = b""
        for line in lines:
            name, _, value = line.partition(": ")
            if name == "Content-Length":
                body = connection.read(int(value))
            if name == "Transfer-Encoding":
                while not body.endswith(b"0\r\n\r\n"):
                    body += connection.recv(1)
        asked.append((sorted(lines[1:]), body))
        method, path, _ = lines[0].split()
        answer = ANSWERS.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        if method == "HEAD":
            answer = answer.split(b"\r\n\r\n")[0] + b"\r\n\r\n"
        connection.write(answer.replace(b"SERVER", server.encode()))
        connection.close()


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(5)
port = socket.sockaddr(listener.getsockname())[2]
server = "http://127.0.0.1:%d" % port
_thread.start_new_thread(serve, ())


def show(method, path, **options):
    try:
        with method(server + path, **options) as answer:
            print(path, answer.status_code, answer.reason, answer.headers, answer.text)
    except Exception as error:
        print(path, type(error).__name__, *error.args)


for path in ("/length", "/close", "/chunked", "/moved", "/here/moved", "/loop", "/none", "/early", "/missing", "/cut", "/nonsense", "/silent"):
    show(requests.get, path)
show(requests.head, "/length")
print(requests.get(server + "/json").json())
answer = requests.get(server + "/chunked")
print(answer.raw.read(3), answer.raw.read(4), answer.raw.read())
answer.close()

print("what is sent")


def sent(method, **options):
    asked.clear()
    method(server + "/length", **options).close()
    head, body = asked[0]
    print([line for line in head if not line.startswith("Host: ")], body)


sent(requests.get, headers={"X-Mine": "1"})
sent(requests.post, data="text")
sent(requests.put, data=b"bytes", auth=("user", "secret"))
sent(requests.patch, json={"a": [1, None]})
sent(requests.delete)
sent(requests.post, data=iter([b"piece", "", "text"]))
for url in ("ftp://127.0.0.1/", "http://127.0.0.1:1/", "nothing"):
    try:
        requests.get(url)
    except Exception as error:
        print(url, type(error).__name__, *error.args)
try:
    requests.get(server + "/length", headers={"X": "a\r\nY: b"})
except ValueError as error:
    print(error)

print("packages")
import mip


def install(package, **options):
    # The port is another each time.
    write = print
    mip.print = lambda *args: write(*(arg.replace(server, "SERVER") if isinstance(arg, str) else str(arg).replace(server, "SERVER") for arg in args))
    print(mip.install(package, index=server, target="lib", mpy=False, **options))


os.mkdir("lib")
install("small")
install("small")
install("bad")
install("away")
install("missing")
install(server + "/other.py")
os.mkdir("local")
for name, text in ("package.json", '{"urls": [["a/b.py", "b.py"]]}'), ("b.py", "name = 'b'\n"):
    with open("local/" + name, "w") as file:
        file.write(text)
install("./local")
for folder in ("lib", "lib/small", "lib/a"):
    print(folder, sorted(os.listdir(folder)))
sys.path.append("lib")
import other
from a.b import name

print(other.name, name)

# MicroPython differs: its sockets on Unix take addresses as bytes only.
