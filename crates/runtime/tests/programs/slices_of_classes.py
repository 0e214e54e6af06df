# What a class's __getitem__ gets for each form of subscript.
class Show:
    def __getitem__(self, index):
        return index
    def __setitem__(self, index, value):
        print("set", index, value)
    def __delitem__(self, index):
        print("del", index)
s = Show()
print(s[1], s[1:2], s[:], s[::2], s[1:2:3], s[1, 2], s[1:2, ...], s["a"])
s[1:2] = 5; s[0] = 1; del s[3:]; del s["x"]
kept = s[1:9:2]
print(kept.start, kept.stop, kept.step, kept.indices(5), kept.indices(100))
print(s[::-1].indices(4), s[-3:].indices(10), s[:].indices(0))
