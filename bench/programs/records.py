"""Procedures over records, globals and arrays, in the manner of old synthetic benchmarks."""

N = 6_000


class Record:
    def __init__(self, next=None, kind=0, choice=0, number=0, text=""):
        self.next = next
        self.kind = kind
        self.choice = choice
        self.number = number
        self.text = text

    def copy(self):
        return Record(self.next, self.kind, self.choice, self.number, self.text)


flag = False
letter = "A"
row = [0] * 51
table = [row[:] for _ in range(51)]


def first(record):
    global flag
    following = record.next = record.copy()
    record.number = 5
    following.number = record.number
    following.next = record.next
    following.next = third(following.next)
    if following.kind == 0:
        following.number = 6
        following.choice = second(record.choice)
        following.number = seventh(following.number, 10)
    else:
        record = following.copy()
    following.next = None
    return record


def second(choice):
    global letter
    letter = "B" if flag else "A"
    return 1 if choice == 2 else choice ^ 2


def third(record):
    if record is not None:
        record.number = seventh(10, record.number)
    return record


def seventh(a, b):
    return a + 2 + b


def eighth(line, grid, a, b):
    at = a + 5
    line[at] = b
    line[at + 1] = line[at]
    line[at + 30] = at
    for column in range(at, at + 2):
        grid[at][column] = at
    grid[at][at - 1] += 1
    grid[at + 20][at] = line[at]


def compare(a, b):
    global flag
    flag = a[1] == b[2]
    return a > b


def main(n):
    record = Record(Record(), 0, 2, 40, "SOME STRING")
    number = 0
    for i in range(n):
        text = "2'ND STRING"
        flag_now = not compare("1'ST STRING", text)
        a, b = 2, 3
        while a < b:
            number = 5 * a - b
            number = seventh(a, b)
            a += 1
        eighth(row, table, a, number)
        record = first(record)
        for c in "ABC":
            if c == letter:
                number ^= ord(c)
        b = b * a
        number = b // a + 7 * (b - number) - a
        if flag_now:
            number += 1
    return number, record.number, table[8][7]
