# Any bytes are a descriptor: what lies in memory as its size says can be read and written.
import uctypes


class Source:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def byte(self):
        self.at += 1
        return self.data[self.at - 1] if self.at <= len(self.data) else 0

    def number(self):
        # A type, and mostly a small place.
        return self.byte() << 24 | (self.byte() & 7) << 16 | self.byte()

    def descriptor(self, depth):
        form = self.byte() % 8
        if form < 2 and depth < 5:
            return {"f%d" % n: self.descriptor(depth + 1) for n in range(self.byte() % 6)}
        if form < 4 and depth < 5:
            return (self.number(), self.descriptor(depth + 1))
        if form == 4 and depth < 5:
            return (uctypes.ARRAY | self.byte(), self.number() & 0x780000FF, self.descriptor(depth + 1))
        if form == 5:
            return (uctypes.ARRAY | self.byte(), self.number() & 0x780000FF)
        if form == 6:
            return (self.byte(), {"x": self.number()}, None)
        return self.number() - (self.byte() & 1) * 0x80000000


def seeds():
    return [bytes((0, 4, 7, 8, 0, n, 0, 7, 0x38, 0, 4, 1, 5, 0, 4, 0, 0, 3, 2, 0, 0, 9, 0, 1, 7, 0, 0, 2, 0)) for n in range(4)]


def visit(struct, fields):
    for name in fields:
        try:
            value = getattr(struct, name)
        except (TypeError, ValueError, KeyError, OverflowError):
            continue
        field = fields[name]
        if not isinstance(field, tuple):
            setattr(struct, name, value)
            assert getattr(struct, name) == value or value != value, (name, value)
            continue
        # What a pointer points to is anywhere.
        kind = field[0] & 0x60000000
        if kind == 0 and isinstance(field[1], dict):
            visit(value, field[1])
        elif kind == 0x40000000:
            for n in range((field[1] & 0xFF)):
                item = value[n]
                if len(field) == 2:
                    value[n] = item


def run(data):
    descriptor = Source(data).descriptor(0)
    memory = bytearray(4096)
    for layout in (uctypes.NATIVE, uctypes.LITTLE_ENDIAN, uctypes.BIG_ENDIAN):
        try:
            size = uctypes.sizeof(descriptor, layout)
            struct = uctypes.struct(uctypes.addressof(memory), descriptor, layout)
        except (TypeError, ValueError, OverflowError):
            continue
        assert size >= 0
        if size <= len(memory):
            bytes(struct)
            uctypes.sizeof(struct)
            if isinstance(descriptor, dict):
                visit(struct, descriptor)
