# framebuf: a random walk over every operation of frame buffers, of each format; prints a digest of each picture.
import framebuf
from array import array
import hashlib

seed = 7


def rand(n):
    global seed
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return (seed >> 8) % n


def at():
    return rand(60) - 15


formats = [framebuf.MONO_VLSB, framebuf.RGB565, framebuf.GS2_HMSB, framebuf.GS4_HMSB, framebuf.GS8, framebuf.MONO_HLSB, framebuf.MONO_HMSB]


def make():
    w, h, f = 1 + rand(40), 1 + rand(30), formats[rand(7)]
    stride = w + rand(9)
    b = bytearray(2 * (stride + 8) * (h + 8))
    fb = framebuf.FrameBuffer(b, w, h, f, stride)
    return b, fb, w, h, f, stride


for n in range(24):
    b, fb, w, h, f, stride = make()
    for step in range(14):
        what = rand(12)
        c = rand(1 << 17)
        if what == 0:
            fb.fill(c if step % 4 == 0 else 0)
        elif what == 1:
            fb.fill_rect(at(), at(), at(), at(), c)
        elif what == 2:
            fb.pixel(at(), at(), c)
        elif what == 3:
            fb.hline(at(), at(), at(), c)
            fb.vline(at(), at(), at(), c)
        elif what == 4:
            fb.rect(at(), at(), at(), at(), c, rand(2))
        elif what == 5:
            fb.line(at(), at(), at(), at(), c)
        elif what == 6:
            fb.ellipse(at(), at(), at(), at(), c, rand(2), rand(16))
        elif what == 7:
            points = array("bhil"[rand(4)], [at() for _ in range(rand(16))])
            fb.poly(at(), at(), points, c, rand(2))
        elif what == 8:
            other = make()
            for i in range(len(other[0])):
                other[0][i] = rand(256)
            key = rand(4) - 1
            if rand(2):
                fb.blit(other[1], at(), at(), key)
            else:
                fb.blit((bytes(other[0]),) + other[2:], at(), at(), key)
        elif what == 9:
            source = framebuf.FrameBuffer(bytearray([rand(256) for _ in range(64)]), 8, 8, framebuf.GS4_HMSB)
            palette = framebuf.FrameBuffer(bytearray([rand(256) for _ in range(64)]), 16, 1, formats[rand(7)])
            fb.blit(source, at(), at(), rand(4) - 1, palette)
        elif what == 10:
            fb.scroll(rand(30) - 15, rand(30) - 15)
        elif what == 11:
            fb.text("\x1f\x80", at(), at(), c)
    print(n, f, w, h, stride, hashlib.sha256(b).digest()[:6], fb.pixel(rand(w), rand(h)), fb.pixel(-1, 0))


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, *error.args)


print("what is refused")
for args in (
    (bytearray(1), 9, 1, framebuf.MONO_HLSB),
    (bytearray(1), 0, 1, framebuf.MONO_HLSB),
    (bytearray(1), 1, -1, framebuf.MONO_HLSB),
    (bytearray(100), 8, 1, framebuf.MONO_HLSB, 7),
    (bytearray(100), 1 << 16, 1, framebuf.MONO_HLSB),
    (bytearray(100), 1, 1, 7),
    (bytearray(100), 1, 1, -1),
    (bytes(100), 1, 1, framebuf.GS8),
    ("text", 1, 1, framebuf.GS8),
    (bytearray(100), 1, 1),
    (bytearray(100), "1", 1, framebuf.GS8),
):
    attempt(framebuf.FrameBuffer, *args)
fb = framebuf.FrameBuffer(bytearray(64), 8, 8, framebuf.GS8)
attempt(fb.fill, "red")
attempt(fb.blit, 1, 0, 0)
attempt(fb.blit, (bytes(1), 1, 1), 0, 0)
attempt(fb.blit, (bytes(1), 2, 1, framebuf.GS8), 0, 0)
attempt(fb.poly, 0, 0, [1, 2], 1)
attempt(fb.poly, 0, 0, array("f", [1.5, 2]), 1)
attempt(fb.text, 7, 0, 0)
attempt(fb.text, b"bytes", 0, 0)
print(bytes(fb) == bytes(64), len(memoryview(fb)))
for x in (-(1 << 40), 1 << 40):
    fb.fill_rect(x, 0, 2 * (1 << 40), 1, 0)
    fb.pixel(x, 0, 1)
    fb.blit(fb, x, x)
    fb.scroll(x, 0)
print(bytes(fb) == bytes(64))
