# Ten thousand connections, one after another, leave no descriptor open.
import os
import socket

PORT = 18437


def descriptors():
    return len(os.listdir("/proc/self/fd"))


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
address = socket.getaddrinfo("127.0.0.1", PORT)[0][-1]
listener.bind(address)
listener.listen(1)

before = descriptors()
lines = 0
for number in range(10000):
    near = socket.socket()
    near.connect(address)
    far, _ = listener.accept()
    near.write(b"%d\n" % number)
    lines += far.readline() == b"%d\n" % number
    # Each end is the first to close in turn; some leave what was sent.
    if number % 3 == 0:
        far.write(b"unread")
    for end in (near, far) if number % 2 else (far, near):
        end.close()
print(lines, descriptors() - before)
listener.close()
