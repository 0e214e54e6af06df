# A source with a byte-order mark before it, and form feeds in it.
import io

class Page:
    
    def number(self):
        return 1

    def after_the_mark(self):
        if True:
              return 2


x = Page()
print(x.number(),x.after_the_mark())
print(len(" ﻿"))


def attempt(source):
    try:
        exec(source)
    except SyntaxError:
        print("refused")


attempt("print(1)")
attempt("  print(2)")
attempt("  print(3)")
attempt("if 1:\n  print(4)\n  print(5)")
attempt("if 1:\n  print(6)")
attempt("if 1:\n print(7)\n print(8)")
attempt(b"\xef\xbb\xbf")
attempt(b"\xef\xbb\xbfprint(9)")
attempt(b"\xef\xbb\xbf\x0c\r\n\x0cprint(10)")
print(eval(b"\xef\xbb\xbf13"))

# MicroPython differs: it refuses a byte-order mark and form feeds, which CPython takes.
