# VfsPosix on a folder, read-only, mounted; and the process.
import os
import sys
import vfs


def attempt(function, *args, **more):
    try:
        print(function(*args, **more))
    except Exception as error:
        print(type(error).__name__, error.args)


os.mkdir("root")
with open("root/module.py", "w") as f:
    f.write("print('imported', __name__, __file__)")
os.mkdir("root/package")
with open("root/package/__init__.py", "w") as f:
    f.write("from . import inner")
with open("root/package/inner.py", "w") as f:
    f.write("print(__name__, __file__)")

print(vfs.mount()[0][1], vfs.VfsPosix is os.VfsPosix, os.sep)
fs = vfs.VfsPosix("root")
vfs.mount(fs, "/berus_mnt", readonly=True)
print(sorted(os.listdir("/berus_mnt")), os.stat("/berus_mnt/module.py")[6])
for mode in "w", "a", "r+", "wb":
    attempt(open, "/berus_mnt/new", mode)
for function in os.mkdir, os.rmdir, os.remove:
    attempt(function, "/berus_mnt/package")
attempt(os.rename, "/berus_mnt/module.py", "/berus_mnt/m.py")
attempt(vfs.mount, vfs.VfsPosix(), "/other", mkfs=True)
sys.path.append("/berus_mnt")
import module
import package.inner

print(package.__path__)
home = os.getcwd()
os.chdir("/berus_mnt/package")
print(os.getcwd(), open("inner.py").read(5), open("/berus_mnt/package/inner.py").read(5))
os.chdir("..")
print(os.getcwd())
os.chdir(home)
print(os.getcwd() == home)
vfs.umount(fs)
attempt(os.stat, "/berus_mnt")
again = vfs.VfsPosix(home + "/root/")
print(again.open("/module.py", "r").read(5))
print(sorted(name for name, *_ in again.ilistdir("/")), again.stat("/package")[0] & 0xF000)
again.mkdir("/made")
again.rename("/made", "/moved")
again.rmdir("/moved")
again.remove("/module.py")
print(os.listdir("root"))
for name in "__init__.py", "inner.py":
    os.remove("root/package/" + name)
os.rmdir("root/package")
os.rmdir("root")
attempt(vfs.VfsPosix, 5)
attempt(vfs.VfsPosix, "a", "b")
attempt(again.stat, 5)

print(os.getenv("BERUS_NOT_SET"), os.getenv("BERUS_NOT_SET", 5), os.putenv("BERUS_SET", "ä"), os.getenv("BERUS_SET"))
print(os.system("exit 3"), os.system("test $BERUS_SET = ä"), os.unsetenv("BERUS_SET"), os.system("test -z $BERUS_SET"))
for args in ("A=B", "c"), ("", "x"):
    attempt(os.putenv, *args)
print(len(os.urandom(7)), os.urandom(0))
attempt(os.urandom, -1)
attempt(os.stat, "missing")
print(os.errno(), os.errno(7), os.errno())

# MicroPython differs: it finds no relative path any more after the current folder was in a mount.
