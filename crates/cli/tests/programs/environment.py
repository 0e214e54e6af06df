# os.environ: a mapping over what getenv, putenv and commands know.
#
# MicroPython differs: there is no `os.environ`.
import os

os.environ["EDISON_ONE"] = "1"
print(os.getenv("EDISON_ONE"), os.environ["EDISON_ONE"], "EDISON_ONE" in os.environ, os.system('test "$EDISON_ONE" = 1'))
os.putenv("EDISON_TWO", "zwei é")
print(os.environ["EDISON_TWO"], os.environ.get("EDISON_TWO"), os.environ.get("EDISON_NONE"), os.environ.get("EDISON_NONE", 5))
ours = lambda: sorted(name for name in os.environ if name.startswith("EDISON_"))
print(ours(), len(os.environ) == len(list(os.environ)), bool(os.environ))
print(sorted(item for item in os.environ.items() if item[0].startswith("EDISON_")))
print(set(os.environ.keys()) == set(os.environ), "1" in os.environ.values(), dict(os.environ)["EDISON_ONE"])
os.environ.update({"EDISON_THREE": "3", "EDISON_ONE": "one"})
print(os.environ.setdefault("EDISON_ONE", "no"), os.environ.setdefault("EDISON_FOUR", "4"), ours())
copy = os.environ.copy()
del os.environ["EDISON_TWO"]
print(os.environ.pop("EDISON_FOUR"), os.environ.pop("EDISON_FOUR", "gone"), os.getenv("EDISON_TWO"), copy["EDISON_TWO"])
print(str(os.environ).startswith("environ({"), "'EDISON_ONE': 'one'" in str(os.environ))


def show(action):
    try:
        print(action())
    except (KeyError, TypeError, OSError) as error:
        print(type(error).__name__, *error.args)


show(lambda: os.environ["EDISON_NONE"])
show(lambda: os.environ.pop("EDISON_NONE"))
show(lambda: os.environ.__setitem__("EDISON_X", 1) if hasattr(os.environ, "__setitem__") else os.environ.update({"EDISON_X": 1}))
show(lambda: os.environ.update({"": "x"}))
try:
    del os.environ["EDISON_NONE"]
except KeyError as error:
    print("KeyError", error)
