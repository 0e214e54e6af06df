# Tracebacks as text: lines and functions, for programs and what they catch.
import sys, io
def inner():
    raise ValueError("deep")
def outer():
    inner()
def show(error):
    out = io.StringIO()
    sys.print_exception(error, out)
    for line in out.getvalue().split("\n"):
        print(line.split('"')[0] + line.split('"')[-1] if '"' in line else line)
try:
    outer()
except ValueError as error:
    show(error)
try:
    exec("x = 1\n1 // 0")
except ZeroDivisionError as error:
    show(error)
class E(Exception):
    def __str__(self):
        return "own text"
try:
    raise E
except E as error:
    show(error)
show(KeyError("k")); show(ValueError()); show(ValueError(1, 2)); show(OSError(2))

# MicroPython differs: a traceback there does not ask the __str__ of an exception of a class.
