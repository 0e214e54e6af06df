# argparse: options, positional arguments, and what is wrong with them.
import argparse


def attempt(parser, line):
    try:
        print(line, parser.parse_args(line.split()))
    except SystemExit as end:
        print(line, "ends", end.args[0])


parser = argparse.ArgumentParser(prog="prog", description="A program.", epilog="The end.")
parser.add_argument("source", help="where from")
parser.add_argument("rest", nargs="*", type=int)
parser.add_argument("-v", "--verbose", action="count", default=0, help="say more")
parser.add_argument("-q", action="store_true")
parser.add_argument("--no-check", dest="check", action="store_false", help="do not look")
parser.add_argument("-o", "--output-file", metavar="FILE", help="where to")
parser.add_argument("-n", type=int, default=3)
parser.add_argument("--pair", nargs=2)
parser.add_argument("--maybe", nargs="?", const="const", default="default")
parser.add_argument("-I", action="append")
parser.add_argument("--mode", choices=["fast", "slow"], default="fast")
print(parser.format_help())
for line in (
    "a",
    "a 1 2 3",
    "-vvq a -o out 1",
    "a --output-file=x -n5 -n 6",
    "-n -7 a",
    "a --pair 1 2 --maybe",
    "a --maybe=x -I one -Itwo",
    "--mode slow a --no-check",
    "a -- -1 2",
    "--out x a",
):
    attempt(parser, line)

for line in ("", "a x", "a -n x", "a --mode no", "a --pair 1", "a -n", "a --what", "a --check=1", "a -q5"):
    attempt(parser, line)
print(parser.parse_known_args(["a", "--what", "-q"]))
small = argparse.ArgumentParser("small", usage="small stuff", add_help=False)
small.add_argument("--version", action="version", version="%(prog)s 1.0")
small.add_argument("-c", action="append_const", const=7, dest="constants")
small.add_argument("pair", nargs=2)
small.add_argument("last", nargs="?", default="none")
small.add_argument("--need", required=True)
print(small.format_usage(), end="")
for line in ("--version", "1 2 --need x", "1 2 3 -c -c --need=x", "1 --need x", "1 2", "--ne x 1 2"):
    attempt(small, line)

# MicroPython differs: its argparse takes fewer options. Python breaks long usages into lines.
