# cryptolib: AES block by block and as a chain, keys of both lengths, in place, into buffers, in pieces.
import cryptolib

KEYS = bytes(range(16)), bytes(range(32))
IV = b"first block here"
# The names of these numbers are not in every build of MicroPython.
ECB, CBC = 1, 2


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, *error.args)


for key in KEYS:
    for mode in (ECB, CBC):
        for size in (0, 16, 160, 272):
            data = bytes(i * 7 & 255 for i in range(size))
            whole = cryptolib.aes(key, mode, IV).encrypt(data)
            print(len(key), mode, size, whole[:8], whole[-8:])
            print(cryptolib.aes(key, mode, IV).decrypt(whole) == data, end=" ")
            # In pieces.
            cipher = cryptolib.aes(key, mode, IV)
            print(b"".join(cipher.encrypt(data[i : i + 32]) for i in range(0, size, 32)) == whole, end=" ")
            # In place, and into a longer buffer.
            buffer = bytearray(data)
            print(cryptolib.aes(key, mode, IV).encrypt(buffer, buffer) is buffer, buffer == whole, end=" ")
            longer = bytearray(size + 5)
            cryptolib.aes(key, mode, IV).encrypt(data, longer)
            print(longer[:size] == whole, longer[size:])

print("what is refused")

for args in ((b"short", ECB), (KEYS[0], 3), (KEYS[0], CBC), (KEYS[0], CBC, None), (KEYS[0], CBC, b"iv"), (1, ECB), (KEYS[0],)):
    attempt(cryptolib.aes, *args)
cipher = cryptolib.aes(KEYS[0], ECB)
attempt(cipher.encrypt, b"not a block")
attempt(cipher.encrypt, bytes(16), bytearray(15))
attempt(cipher.encrypt, bytes(16), bytes(16))
attempt(cipher.encrypt, 16)
attempt(cipher.encrypt, bytes(16))
attempt(cipher.decrypt, bytes(16))
