# Characters and parts of strings, ASCII and not.
for text in ("abcdef", "aäbößç", ""):
    print(len(text), text[1:3], text[:-1], text[-2:], text[:], text[10:], text[3:1], text[-100:2])
    print([c for c in text], "b" in text, "" in text)
text = "aäb\U0001f600c"
print(len(text), text[3], text[-2], text[1:4], ord(text[3]), text.find("c"), text.encode())
for index in (5, -6):
    try:
        text[index]
    except IndexError as error:
        print(error)
try:
    text[1.5]
except TypeError as error:
    print(error)
print(min("hello"), max("hello"), sorted("hello"), list(reversed("abc")), "abc" * 3, "abc" * 0, 2 * "ab", "a" + "b")

# MicroPython differs: repr() escapes all characters that are not ASCII there; here those that cannot be printed, as in CPython.
