# A lookup that changes the dict at each comparison ends.
# MicroPython differs: its lookups go on in a table that has changed, and may find nothing.
class Key:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        d.clear()
        d[Key()] = 1
        return False


class Member(Key):
    def __eq__(self, other):
        s.clear()
        s.add(Member())
        return False


d = {Key(): 1}
s = {Member()}
for look in (lambda: Key() in d, lambda: d.get(Key()), lambda: d.update({Key(): 2}), lambda: Member() in s):
    try:
        print(look())
    except RuntimeError as error:
        print("RuntimeError", error)
print(len(d), len(s))
