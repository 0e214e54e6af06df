# Characters of files of text, whose bytes may be no UTF-8.
def attempt(function, *args):
    try:
        return function(*args)
    except UnicodeError as error:
        return type(error).__name__


for data in b"\xc3a", b"\xc3", b"\xff", b"\x80", b"\xf0\x9d", b"\xf8\x88aaaa", b"a\xc3\xa9b\n\xe2\x82\xacd", b"\xed\xa0\x80x":
    with open("text", "wb") as file:
        file.write(data)
    for n in 0, 1, 2, 3, -1:
        with open("text") as file:
            first = attempt(file.read, n)
            line = attempt(file.readline, n)
            print(data, n, repr(first), repr(line), repr(attempt(file.read)))
    print([attempt(list, open("text")), attempt(open("text").readlines)])

# MicroPython differs: it counts and cuts characters wrongly where bytes are no UTF-8, or where a line is read by parts.
