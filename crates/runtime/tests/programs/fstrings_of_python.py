# f-strings as CPython has them, where a program comes as source: braces beside and in them, and what would end a field.
def show(source, **names):
    names.update(a=5, s="it's", d={"a:b": 1, "}": 2, "x": [1, 2]}, u="\xe9\u20ac\U0001f600'")
    try:
        print(repr(eval(source, names)))
    except Exception as error:
        print(source, type(error).__name__, error)


# Braces of plain strings are text, before and behind.
show("f'{a}' 'x{}'")
show("'x{}' f'{a}'")
show("'{' f'{a}' '}'")
show("'{' '{a}' f'{a}' '}' f'{a!r}' '{{}}' rf'{a}' r'{\\n}'")
show("f'a' '{}'")
show("f'' '{0}'")
show("'{{}}' f'{{}}' '{{}}'")
show("'{a}' '{b}'")
show("('{a}'\n  f'{a}'\n  '{b}')")
show("f'''{a}''' '''{\n}'''")
show("f'{a}' '\\x7b\\x7d'")
show("b'{}' b'{a}'")

# Those that an escape stands for, too. What is no escape leaves a field.
show("f'\\x7b{a}\\x7d'")
show("f'\\173{a}\\u007d'")
show("rf'\\{a}'")
show("f'\\n{a}\\t'")
show("rf'\\x7b{a}'.replace(chr(92), '/')")

# Strings and parentheses in a field.
show("f\"{'a:b'}\"")
show("f\"{d['a:b']}\"")
show("f\"{d['}']:>4}|\"")
show("f\"{'hello { world'}\"")
show("f\"{'hello ] world'!r}\"")
show("f\"{')' + '('}\"")
show("f\"{(lambda x: x + 1)(a)}\"")
show("f\"{(lambda: {1: 2})()[1]:03d}\"")
show("f\"{d['x'][0:1]}{d['x'][-1]}\"")
show("f\"{'''a'b:}'''}\"")
show("f\"{''}{''!r}\"")
show("f'{s!r}{\"a\" if a != 5 else \"}\"}'")
show("f\"{f'{a:{a}}' + '}'}\"")
show("f'{a:{a}.{a}f}'")

# A field that shows its expression shows the repr of the value, if it has no format.
show("f'{s=}'")
show("f'{s=!s}'")
show("f'{s=:>6}'")
show("f'{a=}{a = }'")
show("f'{ {1: 2}[1]=}'")
show("f\"{d['}']=}\"")
show("f\"{(a, '{')=}\"")

# What is not ASCII is escaped.
show("f'{u!a}'")
show("f'{u!a:>40}|{a!a:4}|'")
show("f'{[u, a]!a}{a!a}'")
show("f'{u = !a}'")
show("f'{{{a!a}}}'")
show("'{!a:.4}{!a}'.format(u, 1)")

for broken in "f'{a!b}'", "f'{a!a }'", "f'{a!}'", "f'{'", "f'{)}'", "f\"{'}\"", "f'{}'", "f'{a' '}'", "f\"{'''}\"":
    try:
        eval(broken, {"a": 5})
    except SyntaxError:
        print("SyntaxError")

# MicroPython differs: it takes braces beside an f-string, and those in a field's strings, for its own.
