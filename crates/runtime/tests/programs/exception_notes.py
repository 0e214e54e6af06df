# Notes of exceptions: kept in a list, printed behind the message.
# MicroPython differs: its exceptions have no notes.

import sys


def shown(exception):
    try:
        import io

        out = io.StringIO()
        sys.print_exception(exception, out)
        return out.getvalue()
    except AttributeError:
        import traceback

        return "".join(traceback.format_exception(exception))


e = ValueError("wrong")
print(hasattr(e, "__notes__"))
try:
    del e.__notes__
except AttributeError:
    print("AttributeError")
print(e.add_note("first"))
e.add_note("second\nin two lines")
print(e.__notes__, e.args, str(e))
print(shown(e))

for note in 1, None, b"bytes":
    try:
        e.add_note(note)
    except TypeError:
        print("TypeError")

# The list is the program's own.
e.__notes__.append(5)
print(shown(e))
e.__notes__ = ("of", "a tuple")
print(shown(e))
try:
    e.add_note("no list")
except TypeError as error:
    print(error)
e.__notes__ = 7
print(shown(e).rstrip())
del e.__notes__
print(hasattr(e, "__notes__"), shown(e))


# Classes of programs have them, too, and may do something else.
class Own(KeyError):
    pass


own = Own("key")
own.add_note("of an own class")
print(own.__notes__)
print(shown(own).split("\n")[1:])


class Loud(Exception):
    def add_note(self, note):
        super().add_note(note.upper())


loud = Loud()
loud.add_note("quiet")
print(loud.__notes__)


# What passes through handlers keeps them.
def noted():
    try:
        raise OSError(2)
    except OSError as error:
        error.add_note("on the way")
        raise


try:
    noted()
except OSError as error:
    error.add_note("at the end")
    print(error.__notes__)


# A list that changes while it is printed.
class Changing:
    def __str__(self):
        del e.__notes__[:]
        return "changing"


e.__notes__ = [Changing(), "gone"]
print(shown(e))
