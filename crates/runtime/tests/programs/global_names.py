# Global variables: made, read and removed in functions.
x = 1
def read():
    return x
def write():
    global x, y
    x += 1
    y = "new"
write()
print(read(), y)
def hide():
    x = "local"
    return x
print(hide(), x)
def remove():
    global y
    del y
remove()
try:
    y
except NameError as error:
    print(error)
def local():
    try:
        print(z)
    except NameError as error:
        print(type(error).__name__)
    z = 1
local()
print("x" in globals(), "read" in globals(), globals()["x"])
