# Block devices that raise, lie and use what they are part of: an exception each, never more, and nothing is lost that was there.
import gc
import vfs

SIZE = 512


class Device:
    def __init__(self, blocks):
        self.data = bytearray(blocks * SIZE)
        self.answers = {}

    def transfer(self, name, block, buffer, offset):
        if name in self.answers:
            answer = self.answers[name]
            if callable(answer):
                return answer(block, buffer, offset)
            return answer
        memory = memoryview(self.data)[block * SIZE + offset :][: len(buffer)]
        if name == "readblocks":
            buffer[:] = memory
        else:
            memory[:] = buffer

    def readblocks(self, block, buffer, offset=0):
        return self.transfer("readblocks", block, buffer, offset)

    def writeblocks(self, block, buffer, offset=0):
        return self.transfer("writeblocks", block, buffer, offset)

    def ioctl(self, request, argument):
        if request in self.answers:
            answer = self.answers[request]
            return answer(argument) if callable(answer) else answer
        if request == 4:
            return len(self.data) // SIZE
        if request == 5:
            return SIZE
        return 0


def attempt(function, *args):
    try:
        answer = function(*args)
        print("answers", type(answer).__name__)
    except OSError as error:
        print("OSError", error.errno)
    except Exception as error:
        print(type(error).__name__)


def boom(*args):
    raise ZeroDivisionError


def read(fs):
    with fs.open("file", "rb") as file:
        return file.read()


def write(fs):
    with fs.open("file", "wb") as file:
        file.write(CONTENT)


CONTENT = bytes(range(256)) * 3
REQUESTS = range(1, 7)
ANSWERS = (None, -5, 5, 1 << 70, "text", (), boom)

for kind in vfs.VfsFat, vfs.VfsLfs1, vfs.VfsLfs2:
    print("---", kind.__name__)
    for lacking in (), ("readblocks",):
        attempt(kind, type("Lacking", (), {name: boom for name in lacking})())
    device = Device(50)
    kind.mkfs(device)
    fs = kind(device)
    write(fs)

    # What `ioctl` answers while mounting, and while writing.
    for request in 1, 3, 4, 5, 6:
        for answer in ANSWERS + (0, -1, 1, 7, 1 << 31, 1 << 40):
            device.answers = {request: answer}
            print(request, "boom" if answer is boom else answer, end=" ")
            attempt(lambda: list(kind(device).ilistdir()))
    for request in 3, 6:
        for answer in ANSWERS:
            device.answers = {request: answer}
            print(request, "boom" if answer is boom else answer, end=" ")
            attempt(write, fs)
            device.answers = {}
            fs = kind(device)
    # What reading and writing answer.
    for name in "readblocks", "writeblocks":
        for answer in ANSWERS:
            device.answers = {}
            write(kind(device))
            fs = kind(device)
            device.answers = {name: answer}
            print(name, "boom" if answer is boom else answer, end=" ")
            attempt(write if name == "writeblocks" else read, fs)

    # What it does with the buffers.
    kept = []
    device.answers = {}
    write(kind(device))
    fs = kind(device)

    def keeps(block, buffer, offset):
        kept.append(buffer)
        buffer[:] = memoryview(device.data)[block * SIZE + offset :][: len(buffer)]

    device.answers = {"readblocks": keeps}
    print(read(fs) == CONTENT)
    for buffer in kept:
        buffer[:] = bytes(len(buffer))
    device.answers = {}
    print(read(fs) == CONTENT)

    # Uses the file system that it is part of.
    errors = []

    def enters(block, buffer, offset):
        try:
            fs.stat("file")
        except OSError as error:
            errors.append(error.errno)
        gc.collect()
        buffer[:] = memoryview(device.data)[block * SIZE + offset :][: len(buffer)]

    device.answers = {"readblocks": enters}
    print(read(fs) == CONTENT, set(errors))
    device.answers = {}

    # Files that nobody closes are closed when they die, also when that is found out in the middle of something else.
    def drop():
        for n in range(4):
            fs.open("dropped%d" % n, "w").write("content %d" % n)

    drop()
    [[] for n in range(50)]
    device.answers = {"readblocks": enters}
    print(read(fs) == CONTENT)
    gc.collect()
    device.answers = {}
    print(sum(fs.open(name[0], "r").read() == "content " + name[0][-1] for name in fs.ilistdir() if name[0] != "file") >= 3)

# MicroPython differs: it looks at the answers of a broken device at other moments, and so comes to other errors.
