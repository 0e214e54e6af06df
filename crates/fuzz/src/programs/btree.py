# Any bytes are a file of pairs, which is walked through and changed.
import btree
import io


def made(**settings):
    file = io.BytesIO()
    db = btree.open(file, pagesize=512, **settings)
    for number in range(60):
        db[b"key%d" % (number * 7 % 60)] = b"v" * (number * 11 % 90)
    db[b"long"] = b"l" * 1500
    db[b"k" * 600] = b"of a long key"
    for number in range(0, 60, 3):
        del db[b"key%d" % number]
    db.close()
    return file.getvalue()


def seeds():
    return made(), made(flags=1)


def run(data):
    file = io.BytesIO(data)
    try:
        db = btree.open(file)
        for pairs in (db.items(), db.items(None, None, btree.DESC), db.items(b"key3", b"key5", btree.INCL)):
            for _, pair in zip(range(200), pairs):
                pass
        db.get(b"long"), db.get(b"k" * 600), b"key7" in db
        for number in range(30):
            db[b"new%d" % number] = b"n" * (number * 37 % 700)
        for number in range(60):
            if b"key%d" % number in db:
                del db[b"key%d" % number]
        db.flush()
        before = [pair for _, pair in zip(range(200), db.items())]
        db.close()
    except (OSError, MemoryError):
        return
    # What was flushed is there afterwards.
    try:
        again = [pair for _, pair in zip(range(200), btree.open(file).items())]
    except OSError:
        return
    assert again == before
