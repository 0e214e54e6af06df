# Pairs in a file, in the order of their keys.
# MicroPython differs: the peer is built without the module; one that has it prints the same.
import btree
import errno
import io

file = io.BytesIO()
db = btree.open(file, pagesize=512)
for number in range(300):
    db[b"key%03d" % (number * 7 % 300)] = str(number)
db["text"] = bytearray(b"value")
db[b"long"] = b"x" * 3000
print(db[b"key001"], db.get(b"key299"), db.get(b"none"), db.get(b"none", 5), "text" in db, b"none" in db)
print(db.put(b"key001", b"again"), db[b"key001"], len(db[b"long"]))
for missing in (lambda: db[b"none"], lambda: db.__delitem__(b"none") if hasattr(db, "__delitem__") else exec("del db[b'none']")):
    try:
        missing()
    except KeyError:
        print("KeyError")

print(list(db.keys(b"key297", b"m")))
print(list(db.items("key100", "key103")))
print(list(db.items(b"key100", b"key103", btree.INCL)))
print(list(db.keys(b"key103", b"key100", btree.DESC)))
print(list(db.keys(b"key103", b"key100", btree.DESC | btree.INCL)))
print(list(db.keys(None, b"key295", btree.DESC)))
print(list(db.values(b"key298", b"l")))
print(len(list(db)), len(list(db.keys(None, None, btree.DESC))))

print(db.seq(3)[0], db.seq(7)[0], db.seq(9)[0], db.seq(6)[0], db.seq(9)[0], db.seq(1, b"key2")[0], db.seq(7)[0])
print(db.seq(1, b"zzz"))
try:
    db.seq(b"key")
except OSError as error:
    print(error.errno == errno.EINVAL)

for number in range(0, 300, 2):
    del db[b"key%03d" % number]
print(db.flush())

# What was flushed is in the file.
again = btree.open(io.BytesIO(file.getvalue()))
print(len(list(again)), list(again.keys(b"key290")), again.get(b"long") == b"x" * 3000)
print(db.close(), db.close())
for use in (lambda: db[b"key001"], lambda: list(db), lambda: db.flush(), lambda: db.put(b"a", b"b")):
    try:
        use()
    except ValueError as error:
        print(error)

several = btree.open(io.BytesIO(), flags=1, pagesize=512)
for number in range(5):
    several.put(b"same", bytes([48 + number]))
several.put(b"z", b"last")
print(len(list(several.keys(b"same", b"same", btree.INCL))), sorted(several.values()))
del several[b"same"]
print(list(several.items()))

for content in (b"not a tree", b"\x62\x31\x05\x00\x03\x00\x00\x00\x00\x02\x00\x00" + bytes(500)):
    try:
        print(list(btree.open(io.BytesIO(content))))
    except OSError as error:
        print(error.errno == errno.EINVAL)
for settings in ({"pagesize": 511}, {"flags": 2}, {"minkeypage": 1}):
    try:
        btree.open(io.BytesIO(), **settings)
    except OSError as error:
        print(error.errno == errno.EINVAL)
