"""TLS between blocking sockets of two processes, with a certificate on a key of 256 bits: handshakes, and data one way."""

import ssl

from common import connect, listen, main, rate, ready

CHUNK = 16384
CHUNKS = 1024


def server(port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("certificate.der", "key.der")
    listener = listen(port)
    ready()
    data = bytes(CHUNK)
    while True:
        connection, _ = listener.accept()
        wrapped = context.wrap_socket(connection, server_side=True)
        for _ in range(CHUNKS if wrapped.read(1) == b"d" else 0):
            wrapped.write(data)
        wrapped.write(b".")
        wrapped.close()


def client(port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = ssl.CERT_NONE

    def shake_hands(count):
        for _ in range(count):
            wrapped = context.wrap_socket(connect(port))
            wrapped.write(b"h")
            wrapped.read(1)
            wrapped.close()

    def download():
        wrapped = context.wrap_socket(connect(port))
        wrapped.write(b"d")
        buffer = bytearray(CHUNK)
        for _ in range(CHUNKS):
            wrapped.readinto(buffer)
        wrapped.close()

    shake_hands(1)
    rate("TLS, handshakes", "1/s", 100, lambda: shake_hands(100))
    rate("TLS, data", "MB/s", CHUNK * CHUNKS / 1e6, download)


main({"server": server, "client": client})
