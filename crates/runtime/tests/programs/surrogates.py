# Half of a surrogate pair is a character like others, wherever a constant stands.
x = ("\ud800", "a\udfffb", b"\xff")
print(x, [len(text) for text in x], x[0] == chr(0xD800), "\ud800" in {"\ud800": 1})
long = "\udc00 and more text than a name of a module ever has, so that it is a constant of its own, and not a name, which may be anything"
print(repr(long[0]), len(long))
print(((("\ud83d", "\ude00"),),), "\ud83d" + "\ude00" == "\U0001f600")


def defaults(a="\ud800" * 2, *, b=("\udbff",)):
    return a, b, "\ud800 %s" % b, f"\udfff{a}"


print(defaults())
print(eval('("\\ud800", 1)'), repr(eval("'\\udc00'")))
exec("y = ('\\ud800' 'x', None)\nprint(y)")


class Names:
    text = ("\udead",)


print(Names.text, {"\ud800": ("\ud801",)})
