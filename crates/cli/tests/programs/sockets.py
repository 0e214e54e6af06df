# Sockets of this machine: streams, datagrams, paths; timeouts, and what is refused.
import errno
import os
import select
import socket

PORT = 18431


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, *error.args)


def listener(family=socket.AF_INET, host="127.0.0.1"):
    waiting = socket.socket(family)
    waiting.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    address = socket.getaddrinfo(host, PORT, 0, socket.SOCK_STREAM)[0][-1]
    waiting.bind(address)
    waiting.listen(3)
    return waiting, address


print("addresses")
for found in socket.getaddrinfo("127.0.0.1", 80) + socket.getaddrinfo("::1", "443", 0, socket.SOCK_STREAM):
    print(found)
    print(socket.sockaddr(found[-1]))
for family, text in (socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"), (socket.AF_INET6, "::"):
    packed = socket.inet_pton(family, text)
    print(packed, socket.inet_ntop(family, packed))
attempt(socket.inet_pton, socket.AF_INET, "192.0.2")
attempt(socket.inet_pton, 77, "192.0.2.1")
attempt(socket.inet_ntop, 77, b"1234")
attempt(socket.getaddrinfo, "", 80)
attempt(socket.getaddrinfo, "127.0.0.1", 80, socket.AF_INET6)
attempt(socket.getaddrinfo, "127.0.0.1", 80, 0, 77)
attempt(socket.getaddrinfo, "127.0.0.1", "no such service")
attempt(socket.sockaddr, b"\x01\x00name")

print("a stream")
waiting, address = listener()
near = socket.socket()
near.connect(address)
far, origin = waiting.accept()
print(type(origin), len(origin), socket.sockaddr(origin)[:2])
print(near.send(b"abc"), far.recv(10), near.sendall(b"defg"), far.recv(2), far.recv(2, socket.MSG_PEEK), far.recv(100))
print(near.write(b"one\ntwo\nthree"), far.readline(), far.read(3), far.read(1))
buffer = bytearray(5)
print(far.readinto(buffer), buffer)
far.write(b"written", 3)
far.write(b"written", 1, 2)
print(near.recv(100))
near.write(b"x" * 700 + b"\nmore\nhalf")
print(len(far.readline()), far.readline(2), far.readline(0), far.readline(), far.readline(4))

print("without waiting")
far.setblocking(False)
attempt(far.recv, 1)
attempt(far.read, 1)
attempt(far.readline)
waiting.setblocking(False)
attempt(waiting.accept)
sent = 0
try:
    while True:
        sent += far.send(bytes(65536))
except OSError as error:
    print(sent > 65536, error.errno == errno.EAGAIN)
print(far.write(b"more"))
attempt(far.send, b"more")
far.setblocking(True)
left = sent
while left:
    left -= len(near.recv(65536))

print("time is over")
far.settimeout(0.01)
attempt(far.recv, 1)
attempt(far.read, 1)
waiting.settimeout(0.01)
attempt(waiting.accept)
far.settimeout(None)
far.settimeout(0)
attempt(far.recv, 1)
far.setblocking(True)

print("polls")
poll = select.poll()
poll.register(near, select.POLLIN)
print(poll.poll(0))
far.send(b"x")
print([(found is near, events) for found, events in poll.poll(1000)], near.recv(1), poll.poll(0))

print("files")
text, binary = near.makefile(), far.makefile("rwb")
print(str(text)[:18], str(binary)[:10], text.fileno() == near.fileno())
binary.write(b"line\nnext\n")
print(text.readline())
near.send(b"bytes\n")
print(binary.readline())
binary.close()
print(text.read())

print("ends")
near.close()
near.close()
print(near.fileno())
attempt(near.recv, 1)
attempt(near.send, b"x")
waiting.close()

print("refused")
attempt(socket.socket().connect, address)
attempt(socket.socket, 77)
attempt(socket.socket, None)
attempt(socket.socket().connect, b"")
attempt(socket.socket().listen, "many")
attempt(socket.socket().recv, 1)
attempt(socket.socket().setsockopt, socket.SOL_SOCKET, 12345, 1)
attempt(socket.socket().settimeout, "long")

print("datagrams")
for family, host in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
    one, other = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    address = socket.getaddrinfo(host, PORT, 0, socket.SOCK_DGRAM)[0][-1]
    one.bind(address)
    print(other.sendto(b"to one", address), other.sendto(b"", 0, address), other.sendto(b"cut off", address))
    data, origin = one.recvfrom(100)
    print(data, socket.sockaddr(origin)[:2], one.recvfrom(100)[0], one.recv(3))
    other.connect(address)
    print(other.send(b"again"), one.recvfrom(100)[1] == origin)
    one.close()
    other.close()

print("paths")
path = b"\x01\x00" + b"socket of this test"
waiting, near = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
waiting.bind(path)
waiting.listen()
near.connect(path)
far, origin = waiting.accept()
print(near.send(b"by path"), far.recv(100), socket.sockaddr(path))
near.close()
print(far.recv(100), far.read(), far.readline())
waiting.close()
os.remove("socket of this test")
