# A format and data, with a colon between.
import array
import struct


def seeds():
    return [b"<bBhHiIqQ:" + bytes(range(60)), b">3s2x4H?fd0p:" + b"\x3f" * 50, b"!lLnNP:" + b"abc" * 20, b"@e8sO:" + b"\1" * 30]


def run(data):
    form, _, data = data.partition(b":")
    form = form[:60].decode()
    try:
        array.array(form[:1], data)
    except (ValueError, TypeError):
        pass
    size = struct.calcsize(form)
    if "O" in form or "P" in form or "S" in form or size > 5000:
        return
    data = (data + bytes(size))[:size]
    once = struct.pack(form, *struct.unpack(form, data))
    assert len(once) == size, form
    assert struct.pack(form, *struct.unpack(form, once)) == once, (form, once)
    buffer = bytearray(size + 3)
    struct.pack_into(form, buffer, 3, *struct.unpack_from(form, data, 0))
    assert buffer[3:] == once, form
