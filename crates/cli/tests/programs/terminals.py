# How a terminal behaves: a pseudo-terminal's other end.
import errno
import ffi
import os
import termios

libc = ffi.open(None)
main = libc.func("i", "posix_openpt", "i")(0o2 | 0o400)
print(main > 2, libc.func("i", "grantpt", "i")(main), libc.func("i", "unlockpt", "i")(main))
name = libc.func("s", "ptsname", "i")(main)
other = libc.func("i", "open", "si")(name, 0o2 | 0o400)

usual = termios.tcgetattr(other)
print(len(usual), [type(part).__name__ for part in usual], len(usual[6]), usual[4] == usual[5])
print(sum(isinstance(item, int) for item in usual[6]), usual[3] & 0o12 == 0o12)
termios.setraw(other)
raw = termios.tcgetattr(other)
print(raw[1], raw[3], raw[2] & 0o60 == 0o60)
usual[4] = usual[5] = termios.B9600
termios.tcsetattr(other, termios.TCSANOW, usual)
again = termios.tcgetattr(other)
# The speed is among the control modes, too.
print(again[:2] + again[3:] == usual[:2] + usual[3:], termios.B9600 != termios.B115200)
for wrong in (-1, 4000):
    try:
        termios.tcgetattr(wrong)
    except OSError as error:
        print(error.errno == errno.EBADF if hasattr(errno, "EBADF") else error.errno == 9)
try:
    termios.tcsetattr(other, 0, 5)
except TypeError:
    print("TypeError")
# MicroPython differs: the one that is compared with has no `ffi`, by which the terminal is made.
