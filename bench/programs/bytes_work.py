"""Bytes, bytearrays, memoryviews and arrays."""

from array import array

N = 150


def checksum(data):
    a, b = 1, 0
    for byte in data:
        a = (a + byte) % 65521
        b = (b + a) % 65521
    return b << 16 | a


def main(n):
    total = 0
    buffer = bytearray(512)
    for i in range(n):
        for k in range(0, 512, 2):
            buffer[k] = (buffer[k] + i + k) & 0xFF
        view = memoryview(buffer)
        buffer[10:20] = view[100:110]
        total ^= checksum(bytes(view[:128]))
        words = array("H", range(64))
        for k in range(64):
            words[k] += k
        total += sum(words) + buffer.find(b"\x10")
    return total
