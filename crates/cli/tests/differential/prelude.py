# `case(number)` runs a program, and prints what it has shown and how it has ended, in words that do not depend on who runs it.
try:
    import micropython
except ImportError:
    import gc, resource, types

    # What one program has left must not end, and show that, in another.
    gc.disable()

    # Who has all of the machine's memory would use it.
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    micropython = types.SimpleNamespace(native=lambda function: function)


def text(value):
    if " at 0x" in value or "bound_method" in value or "object at" in value or "object '" in value and " at " in value:
        return "an address"
    for char in value:
        if not " " <= char <= "~":
            return "u" + str([ord(char) for char in value[:100]])
    return "'" + value + "'"


def some(values, depth):
    shown = []
    for value in values:
        if len(shown) == 40:
            shown.append("...")
            break
        shown.append(show(value, depth + 1))
    return shown


def show(value, depth=0):
    kind = type(value)
    if depth > 5:
        return "..."
    if value is None or kind is bool:
        return str(value)
    if kind is int:
        return str(value) if -(10**60) < value < 10**60 else "int mod " + str(value % 1000003)
    if kind is float:
        return "nan" if value != value else "%.9g" % value
    if kind is complex:
        return "complex(" + show(value.real) + ", " + show(value.imag) + ")"
    if kind is str:
        return text(value)
    if kind is bytes or kind is bytearray or kind is memoryview:
        return kind.__name__ + str(list(value[:40])) + "/" + str(len(value))
    if kind is list or kind is tuple:
        return kind.__name__ + "(" + ", ".join(some(value, depth)) + ")/" + str(len(value))
    if kind is dict:
        return "dict(" + ", ".join(sorted(show(k, depth) + ": " + show(v, depth) for k, v in value.items())) + ")"
    if kind is set or kind is frozenset:
        return kind.__name__ + "(" + ", ".join(sorted(some(value, depth))) + ")"
    if kind is range:
        return str(value)
    if isinstance(value, BaseException):
        return "exception " + kind.__name__ + show(value.args, depth)
    if kind.__name__ in ("dict_view", "dict_keys", "dict_values", "dict_items"):
        return "view(" + ", ".join(sorted(some(value, depth))) + ")"
    if hasattr(value, "shown"):
        return value.shown
    if hasattr(value, "__next__"):
        return "iterator(" + ", ".join(some(value, depth)) + ")"
    return "object"


# Names for the same mistake.
SAME = {
    "UnboundLocalError": "NameError",
    "MemoryError": "TooLarge",
    "OverflowError": "TooLarge",
    "RecursionError": "RuntimeError",
    "NotImplementedError": "TypeError",
    "UnicodeDecodeError": "UnicodeError",
    "UnicodeEncodeError": "UnicodeError",
    "ModuleNotFoundError": "ImportError",
}


def how(error):
    name = type(error).__name__
    return SAME.get(name, name)


def failure(error):
    return how(error) + "|" + text(str(error))


# What the program that runs has shown.
log = []


def failed(error):
    log.append(failure(error))


class Stop(BaseException):
    pass


fuel = [0]


def tick():
    fuel[0] -= 1
    if fuel[0] < 0:
        raise Stop


def case(number):
    log.clear()
    fuel[0] = 500
    try:
        __import__("p%d" % number)
    except BaseException as error:
        log.append("!" + failure(error))
    print("#%d" % number, " ;; ".join(log))
