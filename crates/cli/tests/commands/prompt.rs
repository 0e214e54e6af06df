//! The interactive prompt.

use std::io::Write;
use std::process::{Command, Stdio};

/// What comes of `berus` with `args` when `lines` are typed: its status, what it prints behind the banner, and its errors.
fn session(args: &[&str], inspect: &str, lines: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_berus"))
        .args(args)
        .env("MICROPYINSPECT", inspect)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // A program that does not read its input may have ended before.
    let _ = child.stdin.take().expect("it is piped").write_all(lines.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    let banner = concat!(
        "MicroPython v1.29.0; Berus ",
        env!("CARGO_PKG_VERSION"),
        " version\nType \"help()\" for more information.\n"
    );
    let printed = String::from_utf8_lossy(&output.stdout).replacen(banner, "BANNER ", 1);
    (output.status.code(), printed, String::from_utf8_lossy(&output.stderr).into())
}

#[track_caller]
fn shows(lines: &str, expected: &str) {
    let (status, output, errors) = session(&["-i"], "", lines);
    assert_eq!(output, format!("BANNER {expected}"));
    assert_eq!((status, &errors[..]), (Some(0), ""));
}

#[test]
fn values_of_expressions_are_printed() {
    shows("1 + 1\nx = 5\nx, 'a'\nNone\n\n_ + (0,)\n", ">>> 2\n>>> >>> (5, 'a')\n>>> >>> >>> (5, 'a', 0)\n>>> \n");
}

#[test]
fn a_block_goes_on_until_an_empty_line() {
    shows("for i in range(2):\n  i\n\nprint(3)\n", ">>> ... ... 0\n1\n>>> 3\n>>> \n");
    shows("def f(a,\n      b):\n  return a + b\n\nf(1,\n2)\n", ">>> ... ... ... >>> ... 3\n>>> \n");
    shows("'''a\nb'''\n1 + \\\n2\n", ">>> ... 'a\\nb'\n>>> ... 3\n>>> \n");
}

#[test]
fn input_may_end_without_a_newline() {
    shows("6 * 7", ">>> 42\n>>> \n");
    shows("if 1:\n  2", ">>> ... ... 2\n>>> \n");
    shows("", ">>> \n");
}

#[test]
fn exceptions_return_to_the_prompt() {
    let (status, output, errors) = session(&["-i"], "", "x = 1\n1 / 0\nx = = 2\ny\nx\n");
    assert_eq!((status, &output[..]), (Some(0), "BANNER >>> >>> >>> >>> >>> 1\n>>> \n"));
    let first = "Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\nZeroDivisionError: divide by zero\n";
    assert!(errors.starts_with(first), "{errors}");
    assert!(
        errors.contains("SyntaxError: invalid syntax\n") && errors.ends_with("NameError: name 'y' isn't defined\n")
    );
}

#[test]
fn system_exit_ends_it() {
    assert_eq!(
        session(&["-i"], "", "1\nraise SystemExit(5)\n2\n"),
        (Some(5), "BANNER >>> 1\n>>> ".into(), String::new())
    );
    let at_exit = "import sys\nsys.atexit(lambda: print('end')) and None\nsys.exit()\n";
    assert_eq!(session(&["-i"], "", at_exit).1, "BANNER >>> >>> >>> end\n");
}

#[test]
fn it_follows_a_program_that_is_to_be_inspected() {
    assert_eq!(session(&["-i", "-c", "x = 3; print('run')"], "", "x\n").1, "run\nBANNER >>> 3\n>>> \n");
    assert_eq!(session(&["-c", "x = 3"], "1", "x\n").1, "BANNER >>> 3\n>>> \n");
    assert_eq!(
        session(&["-c", "x = 3; raise SystemExit(4)"], "1", "x\n"),
        (Some(0), "BANNER >>> 3\n>>> \n".into(), String::new())
    );
    assert_eq!(session(&["-c", "import os; os.putenv('MICROPYINSPECT', '1')"], "", "").1, "BANNER >>> \n");
    assert_eq!(session(&["-c", "1"], "", "x\n").1, "");
}

#[test]
fn its_texts_can_be_changed() {
    shows(
        "import sys\nsys.ps1, sys.ps2\nsys.ps1 = '1 '\nsys.ps2 = '2 '\n(3,\n4)\n",
        ">>> >>> ('>>> ', '... ')\n>>> 1 1 2 (3, 4)\n1 \n",
    );
}

#[test]
fn programs_read_the_lines_that_follow() {
    shows("input()\nsome text\nimport sys\nsys.stdin.readline()\nmore\n", ">>> 'some text'\n>>> >>> 'more\\n'\n>>> \n");
}

#[test]
fn a_heap_that_was_left_locked_is_unlocked() {
    shows("import micropython\nmicropython.heap_lock()\n[1, 2]\n", ">>> >>> >>> [1, 2]\n>>> \n");
}
