# Methods that built-in functions ask for.
class S:
    def __len__(self):
        return 3
    def __bool__(self):
        return False
    def __contains__(self, x):
        return x == 5
    def __hash__(self):
        return 99
    def __call__(self):
        return "called"
    def __enter__(self):
        return self
    def __exit__(self, *a):
        return True
    def __divmod__(self, x):
        return "divmod", x
    def __reversed__(self):
        return iter([9])
    def __str__(self):
        return "str"
    def __abs__(self):
        return 7
    def __dir__(self):
        return ["b", "a"]
s = S()
print(len(s), bool(s), 5 in s, 6 in s, hash(s), s(), divmod(s, 2), list(reversed(s)), str(s), abs(s), callable(s))
with s:
    raise ValueError
print(sorted(dir(s)), "%s" % s, "{}".format(s))
for bad in (lambda: len(object()), lambda: int(s), lambda: hash([]), lambda: abs("a"), lambda: -s, lambda: s[0]):
    try:
        bad()
    except TypeError as error:
        print(error)
class NoHash:
    def __eq__(self, other):
        return True
try:
    {NoHash(): 1}
except TypeError as error:
    print(error)
