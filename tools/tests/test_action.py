"""The GitHub Action's script calls berus as its inputs say."""

import os
import pathlib
import subprocess
import tempfile
import unittest

RUN = pathlib.Path(__file__).resolve().parents[2] / "packages/action/run.sh"
# Prints its arguments, a line each.
STAND_IN = "#!/bin/sh\nfor argument; do echo \"$argument\"; done\n"


def called(**inputs):
    """The arguments of berus with these inputs, or None if the action refuses."""
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "berus"
        program.write_text(STAND_IN)
        program.chmod(0o755)
        env = {"PATH": folder + os.pathsep + os.environ["PATH"], **inputs}
        run = subprocess.run(["bash", RUN], env=env, capture_output=True, text=True, timeout=60)
    return None if run.returncode else run.stdout.splitlines()


class Action(unittest.TestCase):
    def test_compiles_paths_on_any_lines(self):
        self.assertEqual(called(PATHS="a.py\nb.py lib/\n"), ["compile", "--", "a.py", "b.py", "lib/"])

    def test_passes_all_inputs(self):
        inputs = {"COMMAND": "verify", "PATHS": "out", "TARGET": "rp2 1.22", "OUTPUT": "x y", "ARGUMENTS": "-q\n--strict"}
        expected = ["verify", "-q", "--strict", "--for", "rp2 1.22", "--output", "x y", "--", "out"]
        self.assertEqual(called(**inputs), expected)

    def test_refuses_other_commands(self):
        self.assertIsNone(called(COMMAND="run", PATHS="a.py"))


if __name__ == "__main__":
    unittest.main()
