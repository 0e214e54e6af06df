"""How tools/upstream scores, and what it takes for the output of a program."""

import contextlib
import importlib.machinery
import importlib.util
import io
import os
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

sys.dont_write_bytecode = True
LOADER = importlib.machinery.SourceFileLoader("upstream", str(pathlib.Path(__file__).parents[1] / "upstream"))
upstream = importlib.util.module_from_spec(importlib.util.spec_from_loader("upstream", LOADER))
LOADER.exec_module(upstream)

SKIPPED = "SKIP\n"
HANGS = None


def total(passed=0, behind=0, absent=0, not_counted=0):
    return (
        f"{passed} passed, {behind} behind the peer, {absent} skipped with their modules, {not_counted} not counted"
    )


class Scores(unittest.TestCase):
    """Berus, MicroPython and CPython print what a table says, one entry for each run, the last of them again and again."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.checkout = pathlib.Path(folder.name)
        (self.checkout / "tests/basics").mkdir(parents=True)
        self.tables = {}

    def add(self, name, berus, micropython, expected=None, cpython=""):
        file = self.checkout / "tests/basics" / f"{name}.py"
        file.touch()
        if expected is not None:
            file.with_name(f"{file.name}.exp").write_text(expected)
        berus = berus if isinstance(berus, list) else [berus]
        self.tables[file.name] = {"berus": berus, "micropython": [micropython], "cpython": [cpython]}

    def output(self, command, test, env):
        who = "cpython" if command[0] == sys.executable else pathlib.Path(command[0]).name
        printed = self.tables[test.name][who]
        return printed.pop(0) if len(printed) > 1 else printed[0]

    def check(self, total, *lines, succeeds):
        """Checks the score, what is said of tests that are behind, and whether the script succeeds."""
        arguments = f"upstream {self.checkout} basics --berus /bin/berus --peer /bin/micropython".split()
        printed = io.StringIO()
        with mock.patch.object(sys, "argv", arguments), mock.patch.object(upstream, "output", self.output):
            with contextlib.redirect_stdout(printed), self.assertRaises(SystemExit) as ending:
                upstream.main()
        self.assertEqual(printed.getvalue().splitlines(), [*lines, total])
        self.assertEqual(not ending.exception.code, succeeds)

    def test_what_is_expected_passes(self):
        self.add("a", "1\n", "1\n", "1\n")
        self.add("b", "1\nx\ny\n2\n", "1\nz\n2\n", "1\n########\n2\n")
        self.add("c", "(a|b)*\n", "(a|b)*\n", "(a|b)*\n")
        self.check(total(passed=3), succeeds=True)

    def test_what_is_not_expected_is_behind(self):
        self.add("a", "2\n", "1\n", "1\n")
        self.add("b", "1\n", "1\n", "1\n")
        self.add("c", "1\n", "1\n2\n", "1\n2\n")
        self.check(
            total(passed=1, behind=2),
            "basics/a.py: prints '2', and MicroPython '1'",
            "basics/c.py: prints '(the end)', and MicroPython '2'",
            succeeds=False,
        )

    def test_either_of_the_others_is_right(self):
        self.add("a", "1\n", "1\n", cpython="2\n")
        self.add("b", "2\n", "1\n", cpython="2\n")
        self.add("c", "3\n", "1\n", cpython="2\n")
        self.add("d", "2\n", "1\n", "1\n", cpython="2\n")
        self.check(total(passed=3, behind=1), "basics/c.py: prints '3', and MicroPython '1'", succeeds=False)

    def test_what_cpython_skips_is_no_excuse(self):
        self.add("a", SKIPPED, "1\n", cpython=SKIPPED)
        self.check(total(behind=1), "basics/a.py: prints 'SKIP', and MicroPython '1'", succeeds=False)

    def test_what_micropython_does_not_do_is_not_counted(self):
        self.add("a", "1\n", SKIPPED)
        self.add("b", "2\n", "2\n", "1\n")
        self.add("c", "1\n", HANGS)
        self.add("d", "1\n", "1\n")
        self.check(total(passed=1, not_counted=3), succeeds=True)

    def test_only_what_is_known_to_be_absent_may_be_skipped(self):
        self.add("int_a", SKIPPED, "1\n", "1\n")
        self.add("socket_a", SKIPPED, "1\n", "1\n")
        self.add("socket_b", "1\n", "1\n", "1\n")
        self.check(
            total(passed=1, behind=1, absent=1),
            "basics/int_a.py: prints 'SKIP', and MicroPython '1'",
            succeeds=False,
        )

    def test_what_does_not_end_is_behind(self):
        self.add("a", HANGS, "1\n", "1\n")
        self.check(total(behind=1), f"basics/a.py: does not end within {upstream.PATIENCE} s", succeeds=False)

    def test_what_is_right_the_second_time_passes(self):
        self.add("a", ["2\n", "1\n"], "1\n", "1\n")
        self.add("b", [HANGS, "1\n"], "1\n", "1\n")
        self.add("c", ["2\n", "3\n", "1\n"], "1\n", "1\n")
        self.check(total(passed=2, behind=1), "basics/c.py: prints '3', and MicroPython '1'", succeeds=False)

    def test_nothing_passed_is_no_success(self):
        self.check(total(), succeeds=False)
        self.add("a", "1\n", SKIPPED)
        self.check(total(not_counted=1), succeeds=False)

    def test_nothing_is_written_to_the_checkout(self):
        self.add("a", "1\n", "1\n")
        before = sorted(self.checkout.rglob("*"))
        self.check(total(passed=1), succeeds=True)
        self.assertEqual(sorted(self.checkout.rglob("*")), before)


class Output(unittest.TestCase):
    def output(self, source):
        with tempfile.TemporaryDirectory() as folder:
            test = pathlib.Path(folder) / "test.py"
            test.write_text(source)
            return upstream.output([sys.executable, "-BS"], test, os.environ)

    def test_both_streams_count_and_input_is_empty(self):
        self.assertEqual(self.output("import sys; print(sys.stdin.read()); sys.stderr.write('a\\r\\n')"), "\na\n")

    def test_the_signal_that_ends_a_program_counts(self):
        self.assertEqual(self.output("import os; os.kill(os.getpid(), 9)"), "(ended by signal 9)\n")

    def test_who_does_not_end_prints_nothing(self):
        with mock.patch.object(upstream, "PATIENCE", 0.1):
            self.assertIsNone(self.output("while True: pass"))

    def test_methods_of_unittest_come_in_any_order(self):
        self.assertEqual(self.output("print('y ok\\nx ok\\nRan 2 tests')"), "Ran 2 tests\nx ok\ny ok\n")
        self.assertEqual(self.output("print('y ok\\nx ok')"), "y ok\nx ok\n")


if __name__ == "__main__":
    unittest.main()
