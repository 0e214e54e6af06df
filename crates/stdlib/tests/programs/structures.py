# uctypes: memory by its address, seen as structures of C.
import gc
import uctypes

memory = bytearray(range(32))
address = uctypes.addressof(memory)
LAYOUTS = (uctypes.NATIVE, uctypes.LITTLE_ENDIAN, uctypes.BIG_ENDIAN)


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(repr(error))


print("scalars")
types = ("UINT8", "INT8", "UINT16", "INT16", "UINT32", "INT32", "UINT64", "INT64")
for number, name in enumerate(types):
    for layout in LAYOUTS:
        for offset in (0, 3):
            fields = {"x": offset | getattr(uctypes, name)}
            struct = uctypes.struct(address, fields, layout)
            before = struct.x
            struct.x = -2 - number
            print(name, layout, offset, before, struct.x, uctypes.sizeof(struct), bytes(memory[:12]).hex())
            struct.x = 1 << 70 | 0x55
            print(hex(struct.x))
            memory[:] = bytes(range(32))
    attempt(setattr, struct, "x", "text")

print("floats")
for name in ("FLOAT32", "FLOAT64"):
    for layout in LAYOUTS:
        struct = uctypes.struct(address, {"x": 4 | getattr(uctypes, name)}, layout)
        struct.x = 1.5
        print(struct.x, bytes(memory[:12]).hex())
        memory[:] = bytes(range(32))

print("bit fields")
for name in ("BFUINT8", "BFINT8", "BFUINT16", "BFINT16", "BFUINT32", "BFINT32"):
    for layout in LAYOUTS:
        ty = getattr(uctypes, name)
        fields = {
            "low": 0 | ty | 0 << uctypes.BF_POS | 3 << uctypes.BF_LEN,
            "high": 0 | ty | 3 << uctypes.BF_POS | 5 << uctypes.BF_LEN,
        }
        struct = uctypes.struct(address + 1, fields, layout)
        struct.low = 0xFF
        struct.high = 0x16
        print(name, layout, struct.low, struct.high, uctypes.sizeof(struct), bytes(memory[:6]).hex())
        memory[:] = bytes(range(32))

print("structures, arrays, pointers")
point = {"x": 0 | uctypes.INT16, "y": 2 | uctypes.INT16}
fields = {
    "kind": 0 | uctypes.UINT8,
    "origin": (4, point),
    "bytes": (8 | uctypes.ARRAY, 4 | uctypes.UINT8),
    "words": (12 | uctypes.ARRAY, 2 | uctypes.UINT16),
    "points": (16 | uctypes.ARRAY, 2, point),
    "to_byte": (24 | uctypes.PTR, uctypes.UINT8),
    "to_point": (24 | uctypes.PTR, point),
    "number": 24 | uctypes.UINT64,
}
struct = uctypes.struct(address, fields)
print(uctypes.sizeof(struct), uctypes.sizeof(fields), uctypes.sizeof(fields, uctypes.BIG_ENDIAN), uctypes.sizeof(struct.points))
print(struct.kind, struct.origin.x, hex(struct.origin.y), struct.bytes)
struct.bytes[1:3] = b"ab"
struct.words[1] = 0x1234
struct.points[1].y = -1
print(memory, [struct.words[n] for n in range(2)], [struct.points[n].x for n in range(2)])
struct.number = address + 8
print(int(struct.to_byte) == address + 8, struct.to_byte[1], struct.to_byte[-4], struct.to_point[1].y, struct.to_point[0].x)
print(bytes(struct)[:8], len(memoryview(struct)), uctypes.addressof(struct) == address)
for part in (struct, struct.origin, struct.words, struct.points, struct.to_byte):
    print(str(part).split()[:2])

print("memory by address")
print(uctypes.bytes_at(address, 4), uctypes.bytes_at(address, 0))
view = uctypes.bytearray_at(address + 4, 4)
view[0] = 65
print(memory[4], view, uctypes.sizeof(view))

print("what keeps memory")
text = bytearray(b"kept")
kept = uctypes.struct(uctypes.addressof(text), {"text": (uctypes.ARRAY, 4 | uctypes.UINT8)})
text = None
gc.collect()
print(kept.text)

print("errors")
attempt(lambda: struct.missing)
attempt(lambda: struct[0])
attempt(lambda: struct.words.x)
attempt(lambda: struct.words[2])
attempt(lambda: struct.points[2])
attempt(lambda: int(struct.words))
attempt(setattr, struct, "origin", 1)
attempt(uctypes.sizeof, struct.kind)
attempt(uctypes.sizeof, struct, uctypes.NATIVE)
attempt(uctypes.sizeof, "text")
attempt(uctypes.addressof, 1)
attempt(uctypes.struct, 0)
attempt(uctypes.struct, "0", {})
for wrong in ("text", (), (0,), (0, {}, 1), (uctypes.PTR,), (uctypes.ARRAY, 1, {}, 2), {"a": "text"}, {"a": (0,)}):
    attempt(uctypes.sizeof, wrong)
    attempt(uctypes.sizeof, {"field": wrong})
among_its_own = {}
among_its_own["self"] = (0, among_its_own)
attempt(uctypes.sizeof, among_its_own)

# Texts by their address, as `struct` has them.
from struct import pack, unpack

print(unpack("<2S", pack("<2P", uctypes.addressof(b"first\0"), uctypes.addressof("second"))))

# MicroPython differs: uctypes follows a descriptor that holds itself until the machine stack ends there.
