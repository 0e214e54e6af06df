# Any bytes are decompressed, after one that says in which format.
import deflate
import io

FORMATS = (deflate.AUTO, deflate.RAW, deflate.ZLIB, deflate.GZIP)

SEEDS = (
    # raw, with fixed codes
    bytes.fromhex(
        "01335048ca2f29c9492dd6513044308d104c6304d304c1344530cd104c7304d302c1b444b2c200898d641f00"
    ),
    # zlib, with codes of its own
    bytes.fromhex(
        "0218d34d8d3b72043008c5ce0ae667fb81e1fe4db2b329d26a3412b19ed9abab7aed396a6abb24afabfa13a8d050e4ea6311"
        "87fcc1c5e3adb299c7024a53564b45308b9c72c6c56dbb4a40d1bad2191be3309e618bde9fa4ec0e7e998fff81af011fecc8"
        "96bba800d26bfd9b047b1d11e680fe4d09c26fc66abdf801154e51bc"
    ),
    # gzip, stored
    bytes.fromhex(
        "031f8b0800000000000403010f00f0ff73746f7265642061732069742069736578d15a0f000000"
    ),
)


def seeds():
    for seed in SEEDS:
        out = deflate.DeflateIO(io.BytesIO(seed[1:]), FORMATS[seed[0]], 15).read()
        assert len(out) > 10
    return SEEDS


def run(data):
    for wbits in (0, 5, 9, 15):
        stream = deflate.DeflateIO(io.BytesIO(data[1:]), FORMATS[data[0] & 3], wbits)
        try:
            for n in range(200):
                if not stream.read(n * 10 + 1):
                    break
        except (OSError, EOFError, ValueError, MemoryError):
            pass
