# Which file system a path leads to, and what it is asked.
import os
import vfs


class Spy:
    def __init__(self, name):
        self.name = name

    def __getattr__(self, method):
        def call(*args):
            print(self.name, method, args)
            return {"ilistdir": iter([("in " + self.name, 0x8000, 7)]), "getcwd": "/deep"}.get(method)

        return call

    def __repr__(self):
        return "<" + self.name + ">"


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error.args)


try:
    vfs.umount("/")
except OSError:
    pass

print(os.getcwd(), os.listdir(), tuple(os.stat("/")), os.statvfs("/")[:9])
for function in os.mkdir, os.remove, os.rmdir, os.chdir, os.listdir, os.stat, open:
    attempt(function, "/x/y")
    attempt(function, "x")
attempt(os.mkdir, "/")
attempt(os.remove, "/")
attempt(os.rename, "/a", "/b")
attempt(open, "/")

a, b, root = Spy("a"), Spy("b"), Spy("root")
vfs.mount(b, "/a/b", readonly=True, mkfs=None)
vfs.mount(a, "/a")
print(vfs.mount(), os.listdir(), os.listdir(b"/"))
for path in "/a", "a", "/a/", "/a/x", "/ab", "/a/b", "/a/b/c", "/a/bc":
    attempt(os.stat, path)
attempt(vfs.mount, Spy("c"), "/a")
attempt(os.rename, "/a/x", "/a/y")
attempt(os.rename, "/a/x", "/q/y")
attempt(os.rename, "/q/x", "/q/y")

vfs.mount(root, "/")
vfs.mount(Spy("late"), "/late")
print(vfs.mount())
attempt(vfs.mount, Spy("c"), "/")
print(os.listdir(), [entry[1] for entry in os.ilistdir("/")])
attempt(os.stat, "/ab")
attempt(os.statvfs, "/")

attempt(os.chdir, "/a/x")
attempt(os.getcwd)
attempt(os.remove, "relative")
attempt(os.remove, b"bytes")
attempt(os.stat, "/a/..")
attempt(os.chdir, "/nowhere")
attempt(os.getcwd)
attempt(os.chdir, "/")
attempt(os.stat, "a")
attempt(os.chdir, "a")
vfs.umount(a)
attempt(os.getcwd)
vfs.umount("/a/b")
attempt(vfs.umount, "/a")
attempt(vfs.umount, None)
attempt(vfs.umount, b"/late")
vfs.umount("/late")
vfs.umount(root)
print(vfs.mount())

attempt(os.stat, 1)
attempt(vfs.mount, Spy("d"))
attempt(vfs.mount, Spy("d"), 5)
attempt(vfs.mount, Spy("d"), "/d", True)
attempt(lambda: vfs.mount(Spy("d"), "/d", wrong=1))
