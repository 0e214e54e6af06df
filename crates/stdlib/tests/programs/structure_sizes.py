# Formats of more bytes than there can be.
# MicroPython does not end: numbers of digits wrap there, and the size is counted up.
import struct
for f in ("99999999999999999999s", "9999999999999999999i", "9223372036854775807q", "4611686018427387904q4611686018427387904q"):
    try:
        print(struct.calcsize(f))
    except ValueError:
        print("ValueError")
print(struct.calcsize("<10s3i"))
