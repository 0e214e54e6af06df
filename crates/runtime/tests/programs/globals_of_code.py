# Global variables belong to a run of code, not to the code.

code = compile("""
def make():
    def inner():
        return name
    return inner
def gen():
    yield name
class C:
    def method(self):
        return name
early = make()
def later(default=name):
    return name, default
""", "<code>", "exec")

spaces = [{"name": n} for n in ("one", "two", "three")]
for space in spaces:
    exec(code, space)
    space["early"]()
for space in spaces:
    print(space["early"](), space["make"]()(), list(space["gen"]()), space["C"]().method(), space["later"]())

# Again in the first one: what its functions see changes with it.
spaces[0]["name"] = "changed"
exec(code, spaces[0])
print(spaces[0]["early"](), spaces[1]["early"](), spaces[2]["later"]())

value = compile("name", "<code>", "eval")
print([eval(value, space) for space in spaces], eval(value, {"name": 4}, {"name": 5}))

# The code of a function runs elsewhere, and the function stays at home.
name = "home"


def at_home():
    global seen
    seen = name
    return lambda: name


exec(at_home.__code__, {"name": "away"})
print("seen" in globals())
print(at_home()(), seen, name)
away = {"name": "away"}
exec(at_home.__code__, away)
print(away["seen"], seen)
print(type(at_home)(at_home.__code__, {"name": "other"})()(), at_home()())

# A mapping without a name of its own has that of the built-ins.
print(eval("__name__", {}))
exec("class A:\n  pass\nprint(__name__, A.__name__)", {})
exec("class A:\n  pass\nprint(__name__, A.__name__)", {"__name__": "own"})
exec("def f():\n  return __name__\nprint(f())\n__name__ = 'late'\nprint(f())", {})

# MicroPython differs: a code object has the globals of its first run there, whatever it is run with; and a function that has another in it has none.
