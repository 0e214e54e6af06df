# os.environ: a mapping over what getenv, putenv and commands know.
#
# MicroPython differs: there is no `os.environ`.
import os

os.environ["BERUS_ONE"] = "1"
print(os.getenv("BERUS_ONE"), os.environ["BERUS_ONE"], "BERUS_ONE" in os.environ, os.system('test "$BERUS_ONE" = 1'))
os.putenv("BERUS_TWO", "zwei é")
print(os.environ["BERUS_TWO"], os.environ.get("BERUS_TWO"), os.environ.get("BERUS_NONE"), os.environ.get("BERUS_NONE", 5))
ours = lambda: sorted(name for name in os.environ if name.startswith("BERUS_"))
print(ours(), len(os.environ) == len(list(os.environ)), bool(os.environ))
print(sorted(item for item in os.environ.items() if item[0].startswith("BERUS_")))
print(set(os.environ.keys()) == set(os.environ), "1" in os.environ.values(), dict(os.environ)["BERUS_ONE"])
os.environ.update({"BERUS_THREE": "3", "BERUS_ONE": "one"})
print(os.environ.setdefault("BERUS_ONE", "no"), os.environ.setdefault("BERUS_FOUR", "4"), ours())
copy = os.environ.copy()
del os.environ["BERUS_TWO"]
print(os.environ.pop("BERUS_FOUR"), os.environ.pop("BERUS_FOUR", "gone"), os.getenv("BERUS_TWO"), copy["BERUS_TWO"])
print(str(os.environ).startswith("environ({"), "'BERUS_ONE': 'one'" in str(os.environ))


def show(action):
    try:
        print(action())
    except (KeyError, TypeError, OSError) as error:
        print(type(error).__name__, *error.args)


show(lambda: os.environ["BERUS_NONE"])
show(lambda: os.environ.pop("BERUS_NONE"))
show(lambda: os.environ.__setitem__("BERUS_X", 1) if hasattr(os.environ, "__setitem__") else os.environ.update({"BERUS_X": 1}))
show(lambda: os.environ.update({"": "x"}))
try:
    del os.environ["BERUS_NONE"]
except KeyError as error:
    print("KeyError", error)
