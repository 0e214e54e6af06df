# The rest of a command line, defaults as text, and fields in help.
# MicroPython differs: its argparse has fewer arguments.
import argparse
p = argparse.ArgumentParser(prog="p", description="%(prog)s does")
p.add_argument("-v", action="store_true", help="be %(dest)s, 100%% of the time")
p.add_argument("--size", type=float, default="1.5", help="the size (default: %(default)s, %(type)s)")
p.add_argument("name")
p.add_argument("rest", nargs="...")
print(p.parse_args(["-v", "a", "--size", "x", "--", "y"]))
print(p.parse_args(["a", "-v"]))
print(p.parse_args(["-v", "a", "b", "-q"]))
print(p.parse_args(["--size", "2", "a"]))
print(p.format_help())
p = argparse.ArgumentParser(prog="p")
p.add_argument("--all", nargs=argparse.REMAINDER)
p.add_argument("n", nargs="?", type=int, default="7")
print(p.parse_args(["3", "--all", "x", "-y", "--z"]), p.parse_args([]))
try:
    p.add_argument("q", nargs="!")
except ValueError as e:
    print(e)
