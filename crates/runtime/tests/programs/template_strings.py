# Template strings and their parts.
name, n = "x", 5
t = t"a {name} b {n:>{3}} {n!r} {n + 1}"
print(t.strings, t.values)
for part in t:
    print(part if isinstance(part, str) else (part.value, part.expression, part.conversion, part.format_spec))
from string.templatelib import Template, Interpolation
print(t"" , list(t""), Template("a", Interpolation(1, "one"), "b").strings, (t"x" + t"{n}y").strings)
try:
    t"a" + "b"
except TypeError as error:
    print(type(error).__name__)

# MicroPython differs: this port is built without template strings.
