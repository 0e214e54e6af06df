# finally with return, break and continue in and through it.
def returns():
    try:
        return "try"
    finally:
        print("finally")
def overrides():
    try:
        return "try"
    finally:
        return "finally"
def swallows():
    try:
        raise ValueError
    finally:
        return "swallowed"
def loops():
    for i in range(3):
        try:
            if i == 0:
                continue
            if i == 2:
                break
        finally:
            print("leaving", i)
    return "done"
def nested():
    try:
        try:
            return 1
        finally:
            print("inner")
    finally:
        print("outer")
def breaks_in_finally():
    while True:
        try:
            raise ValueError
        finally:
            break
    return "broke"
for f in (returns, overrides, swallows, loops, nested, breaks_in_finally):
    print(f())
