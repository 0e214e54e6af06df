# StringIO and BytesIO.
import io
s = io.StringIO("line1\nline2\nlast")
print(s.read(3), s.readline(), s.readline(), s.read(), repr(s.read()), s.seek(0), list(s), s.tell())
s.seek(0); s.write("LINE"); print(s.getvalue(), s.seek(0, 2), s.write("!"), s.getvalue())
b = io.BytesIO(b"abcdef"); buf = bytearray(4)
print(b.readinto(buf), buf, b.read(), b.seek(2), b.read(2), b.getvalue())
b.seek(10); b.write(b"x"); print(b.getvalue())
with io.StringIO() as out:
    print("a", 1, file=out); out.write("b")
    print(repr(out.getvalue()))
class Upper(io.IOBase):
    def write(self, data):
        print("wrote", bytes(data)); return len(data)
    def readinto(self, buffer):
        return 0
print("x", "y", file=Upper())
s.close()
try:
    s.read()
except ValueError as error:
    print(type(error).__name__)
