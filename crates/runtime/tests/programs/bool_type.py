# The type bool: an int of two values.
print(bool(), bool(0), bool(1), bool(""), bool("a"), bool([]), bool([0]), bool(0.0), bool(None), bool(1 << 70))
print(True + True, True * 5, -True, ~True, True / 2, True & False, True | False, True ^ True)
print(isinstance(True, bool), isinstance(True, int), isinstance(1, bool))
print(str(True), repr(False), "%d" % True, "{}".format(False), [10, 20][True])
class Truth:
    def __init__(self, answer):
        self.answer = answer
    def __bool__(self):
        return self.answer
class Length:
    def __len__(self):
        return 0
print(bool(Truth(True)), bool(Truth(False)), bool(Length()), not Length())
print(1 and 2, 0 and 2, 0 or 3, 1 or 3, not 1, not 0, None or [] or "last")

# MicroPython differs: it lacks what Python has here.
