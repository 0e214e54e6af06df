# What MicroPython leaves to the processor, which stops it: Berus raises.


# Local variables that are not set, of which machine code does not take notice itself.
def unset(which):
    if which == 0:
        return str(later)
    if which == 1:
        return later + 1
    if which == 2:
        return later.name
    if which == 3:
        return later[0]
    if which == 4:
        return [later]
    if which == 5:
        return later()
    if which == 6:
        for x in later:
            pass
    if which == 7:
        a, b = later
    if which == 8:
        return -later
    later = 1


for which in range(9):
    try:
        unset(which)
        print("set")
    except NameError as error:
        print("NameError:", error)


@micropython.viper
def divide(a: int, b: int) -> int:
    return a // b


@micropython.viper
def rest(a: int, b: int) -> int:
    return a % b


for function in divide, rest:
    try:
        function(1, 0)
    except ZeroDivisionError as error:
        print("ZeroDivisionError:", error)
