# Ports that are none.
# MicroPython differs: its build for hosts takes ports as text alone.
import socket
for port in (-1, 65536, 1 << 70):
    try:
        socket.getaddrinfo("127.0.0.1", port)
    except (OSError, OverflowError) as e:
        print(type(e).__name__)
print(len(socket.getaddrinfo("127.0.0.1", 80)) > 0)
import requests
for url in ("http://127.0.0.1:70000/", "http://127.0.0.1:-1/", "http://[::1]x80/"):
    try:
        requests.get(url)
    except ValueError as e:
        print(e)
