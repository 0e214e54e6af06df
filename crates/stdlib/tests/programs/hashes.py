# hashlib: hashes of what comes in any pieces.
import hashlib


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(repr(error))


data = bytes(range(256)) * 3
for kind in hashlib.md5, hashlib.sha1, hashlib.sha256:
    print(kind, kind().digest().hex())
    for length in (1, 55, 56, 63, 64, 65, 700):
        whole = kind(data[:length]).digest()
        parts = kind()
        for start in range(0, length, 13):
            parts.update(memoryview(data)[start : min(start + 13, length)])
        print(length, whole.hex(), parts.digest() == whole)
    done = kind(b"done")
    done.digest()
    attempt(done.update, b"more")
    attempt(done.digest)
    attempt(kind, 1)
    attempt(kind().update, [])
    print(kind("text").digest() == kind(b"text").digest())
