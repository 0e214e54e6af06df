"""AES-128 encryption of blocks, byte by byte."""

N = 200


def multiply(a, b):
    result = 0
    while b:
        if b & 1:
            result ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return result


def make_box():
    box = bytearray(256)
    inverse = [0] * 256
    for a in range(1, 256):
        if not inverse[a]:
            for b in range(1, 256):
                if multiply(a, b) == 1:
                    inverse[a], inverse[b] = b, a
                    break
    for a in range(256):
        value = inverse[a]
        turned = value
        for _ in range(4):
            turned = (turned << 1 | turned >> 7) & 0xFF
            value ^= turned
        box[a] = value ^ 0x63
    return box


BOX = make_box()


def expand(key):
    words = bytearray(key)
    factor = 1
    while len(words) < 176:
        last = words[-4:]
        if len(words) % 16 == 0:
            last = bytearray([BOX[last[1]] ^ factor, BOX[last[2]], BOX[last[3]], BOX[last[0]]])
            factor = multiply(factor, 2)
        for i in range(4):
            words.append(words[-16] ^ last[i])
    return words


def encrypt(block, keys):
    state = bytearray(block[i] ^ keys[i] for i in range(16))
    for turn in range(1, 11):
        moved = bytearray(BOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16))
        if turn < 10:
            for c in range(0, 16, 4):
                column = moved[c : c + 4]
                every = column[0] ^ column[1] ^ column[2] ^ column[3]
                for i in range(4):
                    pair = column[i] ^ column[(i + 1) % 4]
                    pair = pair << 1 ^ (0x11B if pair & 0x80 else 0)
                    moved[c + i] ^= every ^ pair
        base = 16 * turn
        for i in range(16):
            state[i] = moved[i] ^ keys[base + i]
    return state


def main(n):
    keys = expand(bytes(range(16)))
    block = bytes(17 * i for i in range(16))
    first = encrypt(block, keys)
    if bytes(first[:4]) != b"\x69\xc4\xe0\xd8":
        raise ValueError(first)
    for _ in range(n):
        block = encrypt(block, keys)
    return bytes(block)
