"""Compile Python to MicroPython's .mpy modules with Berus.

What other packages of this name offer can be called in the same way: MicroPython's own (`compile`, `run` with a list of arguments,
`mpy_version`) and the one of PyPI (`run` with separate arguments).
"""

import os
import re
import shutil
import subprocess
import sysconfig

_ARCHITECTURES = (
    "x86 x64 armv6 armv6m armv7m armv7em armv7emsp armv7emdp xtensa xtensawin rv32imc rv64imc"
).split()

NATIVE_ARCHS = {"NATIVE_ARCH_NONE": ""}
NATIVE_ARCHS.update(("NATIVE_ARCH_" + name.upper(), name) for name in _ARCHITECTURES)
globals().update(NATIVE_ARCHS)

__all__ = ["CrossCompileError", "compile", "main", "mpy_cross", "mpy_version", "run", *NATIVE_ARCHS]


class CrossCompileError(Exception):
    """The compiler was not found, or refused a program: the argument is what it said."""


def _program():
    """The program of this installation, else the first in the path."""
    name = "mpy-cross" + (sysconfig.get_config_var("EXE") or "")
    schemes = (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")) if hasattr(
        sysconfig, "get_default_scheme"
    ) else (None,)
    for scheme in schemes:
        folder = sysconfig.get_path("scripts", scheme) if scheme else sysconfig.get_path("scripts")
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    return shutil.which(name) or name


# The path of the program.
mpy_cross = _program()


def run(*args, **options):
    """Run the compiler.

    With one list (or tuple) of arguments: wait for the end and return what the program printed, as a string; raise
    `CrossCompileError` if it fails. The keyword `mpy_cross` names another program.

    With separate arguments: return a `subprocess.Popen`, which gets all keywords.
    """
    if len(args) != 1 or isinstance(args[0], (str, bytes, os.PathLike)):
        return subprocess.Popen([mpy_cross, *args], **options)
    program = options.pop("mpy_cross", None) or mpy_cross
    if options:
        raise TypeError("unexpected keyword: " + ", ".join(options))
    try:
        result = subprocess.run([program, *args[0]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except FileNotFoundError:
        raise CrossCompileError("mpy-cross is not there: {}".format(program)) from None
    output = result.stdout.decode(errors="replace")
    if result.returncode != 0:
        raise CrossCompileError(output)
    return output


def compile(src, dest=None, src_path=None, opt=None, march=None, mpy_cross=None, extra_args=None):
    """Compile the source file `src`.

    - `dest`: the module; by default `src` with the ending `.mpy`
    - `src_path`: the name that the source goes by in tracebacks; by default `src`
    - `opt`: the level of optimisation, 0 to 3
    - `march`: the architecture of machine code, one of `NATIVE_ARCH_*`
    - `mpy_cross`: another program to compile with
    - `extra_args`: more arguments for the program

    Raises `CrossCompileError` if the source is not there or is no program.
    """
    if not src:
        raise ValueError("src is required")
    if not os.path.exists(src):
        raise CrossCompileError("there is no file {}".format(src))
    args = list(extra_args or ())
    if src_path:
        args += ["-s", src_path]
    if dest:
        args += ["-o", dest]
    if march:
        args.append("-march=" + march)
    if opt is not None:
        args.append("-O{}".format(opt))
    run([*args, src], mpy_cross=mpy_cross)


def mpy_version(mpy_cross=None):
    """The version and sub-version of the modules that the compiler makes: `(6, 3)`."""
    found = re.search(r"mpy v(\d+)(?:\.(\d+))?", run(["--version"], mpy_cross=mpy_cross))
    if found is None:
        raise CrossCompileError("mpy-cross does not say its version")
    return int(found.group(1)), int(found.group(2) or 0)


def main():
    """Be the program: the arguments are those of the command line, and so is the exit status."""
    import sys

    sys.exit(run(*sys.argv[1:]).wait())
