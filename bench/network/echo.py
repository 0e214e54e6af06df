"""Bytes that go over TCP and come back, between blocking sockets of two processes."""

from common import connect, listen, main, rate, ready


def server(port):
    listener = listen(port)
    ready()
    while True:
        connection, _ = listener.accept()
        while True:
            data = connection.recv(65536)
            if not data:
                break
            connection.write(data)
        connection.close()


def client(port):
    connection = connect(port)

    def exchange(message, count):
        size = len(message)
        for _ in range(count):
            connection.write(message)
            left = size
            while left:
                left -= len(connection.recv(left))

    exchange(b"x", 100)
    rate("TCP, 1 byte there and back", "1/s", 20000, lambda: exchange(b"x", 20000))
    rate("TCP, 64 KiB there and back", "MB/s", 1000 * 65536 / 1e6, lambda: exchange(bytes(65536), 1000))


main({"server": server, "client": client})
