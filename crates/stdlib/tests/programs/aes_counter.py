# cryptolib: AES as a counter, which takes data of any length.
import cryptolib

KEYS = bytes(range(16)), bytes(range(32))
IV = b"first block here"
CTR = cryptolib.MODE_CTR

for key in KEYS:
    data = bytes(i * 7 & 255 for i in range(277))
    whole = cryptolib.aes(key, CTR, IV).encrypt(data)
    print(len(key), whole)
    print(cryptolib.aes(key, CTR, IV).decrypt(whole) == data, end=" ")
    cipher = cryptolib.aes(key, CTR, IV)
    print(b"".join(cipher.encrypt(data[i : i + 7]) for i in range(0, 277, 7)) == whole)

cipher = cryptolib.aes(KEYS[0], CTR, b"\xff" * 16)
print([cipher.encrypt(bytes(n)) for n in (1, 2, 13, 17, 0, 5)])
try:
    cryptolib.aes(KEYS[0], CTR)
except ValueError as error:
    print(error)

# MicroPython differs: this port has no counter mode; what is printed has been compared with OpenSSL.
