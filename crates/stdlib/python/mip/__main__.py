# python -m mip install [--target FOLDER] [--index URL] [--no-mpy] PACKAGE...

from argparse import ArgumentParser
import sys

import mip

parser = ArgumentParser(prog="mip", description="Install packages.")
parser.add_argument("command", choices=["install"])
parser.add_argument("packages", nargs="+", help="names in the index, with a version after an @, or places")
parser.add_argument("-t", "--target", help="the folder to install to")
parser.add_argument("-i", "--index", help="the index to look in")
parser.add_argument("--no-mpy", action="store_true", help="install sources, not compiled modules")
args = parser.parse_args()
for package in args.packages:
    if not mip.install(package, args.index, args.target, None, not args.no_mpy):
        sys.exit(1)
