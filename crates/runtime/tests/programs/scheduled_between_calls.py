# Scheduled calls come between instructions, and leave the arguments of other calls alone.
import micropython


def again(number):
    micropython.schedule(again, number)


class Once:
    def __init__(self, value):
        self.value = value

    def __iter__(self):
        return self

    def __next__(self):
        value, self.value = self.value, None
        if value is None:
            raise StopIteration
        return value

    def __lt__(self, other):
        return self.value < other.value


def delegate():
    for number in range(200):
        yield from Once(number)


again(-1)
print(sum(delegate()))
print([once.value for once in sorted(Once(n * 7 % 50) for n in range(50))][::10])
print(sum(map(lambda a, b, c: a * b + c, range(100), range(100), range(100))))
