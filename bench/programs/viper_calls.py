"""Calls of functions in machine code."""

N = 200_000

try:
    import micropython

    exec("@micropython.viper\ndef probe(): pass")
except (ImportError, SyntaxError, NameError):
    print("SKIP")
    raise SystemExit

SOURCE = """
@micropython.viper
def three(a: int, b: int, c: int) -> int:
    return a + b * c

@micropython.viper
def objects(a, b):
    return a

@micropython.native
def plain(a, b):
    return a - b

@micropython.viper
def fill(target: ptr8, n: int):
    for i in range(n):
        target[i] = i ^ 0x55
"""
exec(SOURCE)


def main(n):
    total = 0
    for i in range(n):
        total += three(i, 2, 3)
        objects(i, total)
        total -= plain(i, 3)
    buffer = bytearray(1000)
    for _ in range(n // 200):
        fill(buffer, 1000)
    return total, buffer[999]
