# Files of the machine, in an empty folder: text and bytes, modes, positions, lines, and what fails.
import io
import os


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error.args)


print(os.listdir(), io.open is open)
f = open("text", "w")
print(str(f)[:18], f.write("first\nsecond ä€\U0001f600\nlast"), f.tell(), f.flush())
f.close()
f.close()
for method in "read", "readline", "tell", "flush", "fileno":
    attempt(getattr(f, method))
attempt(f.write, "x")
print(str(f))

with open("text") as f:
    print(f.read(3), repr(f.readline()), f.read(11), f.tell(), repr(f.read(1)), repr(f.read()), repr(f.read()), repr(f.readline()))
    print(f.seek(6), f.read(2), f.seek(0, 1), f.seek(0, 2), f.seek(5, 0), len(f.readlines()))
    for args in (-1,), (-100, 1), (0, 9), (0, "x"):
        attempt(f.seek, *args)
attempt(f.read)
print([len(line) for line in open("text")], list(open("text", "rb")))
print(open("text", "rb").read(8), open(b"text").read(5), open("text", mode="rb", buffering=0, encoding=None).readline(3))

for mode in "r+", "a", "a+b", "w+", "wb", "rb", "x", "":
    with open("data", "w") as f:
        f.write("12345")
    with open("data", mode) as f:
        attempt(f.write, b"ab")
        f.seek(0)
        attempt(f.read)
    print(mode, open("data").read())

buffer = bytearray(8)
with open("text", "rb") as f:
    print(f.readinto(buffer), buffer, f.readinto(buffer, 2), buffer, f.readinto(memoryview(buffer)[6:]), buffer)
    attempt(f.readinto, b"constant")
with open("data", "wb") as f:
    print(f.write(b"abcdef"), f.write(b"ghij", 2), f.write(b"klmn", 1, 2), f.write(bytearray(b"op")), f.write("q"))
    attempt(f.write, 5)
print(open("data", "rb").read())
with open("bad", "wb") as f:
    f.write(b"\xff\xfe ok")
attempt(open("bad").read)

for args in ("missing",), (".", "w"), (5.5,), ("text", 5), (), ("text", "r", -1, None, 1), (999,):
    attempt(lambda: open(*args).read())
attempt(lambda: open("text", wrong=1))
print(open(2), open(1).fileno(), open(1, "wb").write(b"to one\n"))


class Failing:
    def __enter__(self):
        return open("data", "w")


try:
    with open("data", "w") as f:
        f.write("kept")
        raise ValueError
except ValueError:
    print(open("data").read(), f)

for name in sorted(os.listdir()):
    print(name, os.stat(name)[6], os.stat(name)[0] & 0xF000)
os.rename("data", "renamed")
os.mkdir("folder")
os.chdir("folder")
open("inside", "w").close()
print(os.listdir(), os.listdir(".."), sorted(entry[:2] for entry in os.ilistdir("..")), os.getcwd().split("/")[-1])
print([entry[0] for entry in os.ilistdir(b".")])
os.chdir("..")
for function in os.rmdir, os.remove, os.mkdir, os.chdir, os.stat, os.listdir:
    attempt(function, "folder") if function in (os.rmdir, os.remove, os.mkdir) else None
    attempt(function, "missing/x")
    attempt(function, "text/x")
os.unlink("folder/inside")
os.rmdir("folder")
for name in os.listdir():
    os.remove(name)
print(os.listdir(), len(os.statvfs(".")), os.statvfs(".")[9] > 30)

# MicroPython differs: in the comparison, the folder has the program in it.
