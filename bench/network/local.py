"""What needs no network: ciphers, and pictures of 320 by 240 points in 16 bits."""

import framebuf
from cryptolib import aes

from common import main, rate

SIZE = 16384


def ciphers():
    data = bytearray(SIZE)
    key, start = bytes(range(16)), bytes(16)
    for name, arguments in ("ECB", (1,)), ("CBC", (2, start)), ("CTR", (6, start)):
        try:
            cipher = aes(key, *arguments)
        except ValueError:
            # MicroPython's unix port has no CTR.
            continue

        def encrypt():
            for _ in range(500):
                cipher.encrypt(data, data)

        rate("AES-128 %s, in place" % name, "MB/s", 500 * SIZE / 1e6, encrypt)


def pictures():
    width, height = 320, 240
    picture = framebuf.FrameBuffer(bytearray(2 * width * height), width, height, framebuf.RGB565)

    def fill():
        for color in range(5000):
            picture.fill(color)

    def rectangles():
        for color in range(30000):
            picture.fill_rect(11, 13, 100, 90, color)

    def text():
        for color in range(30000):
            picture.text("The quick brown fox jumps over it", 10, 20, color)

    rate("framebuf, fill", "1/s", 5000, fill)
    rate("framebuf, fill_rect of 100 by 90", "1/s", 30000, rectangles)
    rate("framebuf, text of 33 letters", "1/s", 30000, text)


def client():
    ciphers()
    pictures()


main({"client": client})
