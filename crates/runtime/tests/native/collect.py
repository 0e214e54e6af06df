# Objects that only registers and the machine stack refer to while memory is collected.
import gc


def strings(n):
    text = "x" * 20 + str(n)
    gc.collect()
    junk = [str(i) * 9 for i in range(20)]
    return text, len(junk)


print(strings(1))


def operands(n):
    return ("a" * n + "b" * n) + collected("c" * n) + ("d" * n)


def collected(value):
    gc.collect()
    [bytearray(50) for _ in range(10)]
    return value


print(operands(12))


@micropython.viper
def viper(n: int):
    text = str(n) + "viper text"
    gc.collect()
    other = [i for i in range(30)]
    return text, other[7], n


print(viper(7))


def generate(n):
    for i in range(n):
        kept = ["item", str(i) * 8]
        gc.collect()
        yield kept
        kept.append(1)


print([item[1] for item in generate(4)])


def nest(depth):
    if depth == 0:
        gc.collect()
        return []
    kept = {"depth": depth, "text": "t" * 10 + str(depth)}
    below = nest(depth - 1)
    below.append(kept["text"])
    return below


print(nest(6))


def closures(n):
    cell = "cell" * n

    def inner():
        nonlocal cell
        gc.collect()
        cell += "!"
        return cell

    return inner


function = closures(5)
gc.collect()
print(function(), function())


def in_handler(n):
    try:
        raise ValueError("v" * n)
    except ValueError as error:
        gc.collect()
        [str(i) * 7 for i in range(20)]
        return error.args[0]


print(in_handler(16))


# Code stays as long as something refers to it, be it only itself.
def made():
    def forgotten():
        gc.collect()
        return "still here"

    return forgotten()


print(made())
print([function() for function in [lambda i=i: "f" * 5 + str(i) for i in range(3)]])
