//! How programs end.

use std::process::{Command, Stdio};

#[test]
fn a_thread_that_waits_for_input_does_not_keep_the_program() {
    let program = "import _thread, sys, time\n_thread.start_new_thread(sys.stdin.read, ())\ntime.sleep(0.02)\nprint('end')\nsys.exit(3)";
    let mut child = Command::new(env!("CARGO_BIN_EXE_berus"))
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    // Nothing is ever written there, and it stays open until the program has ended.
    let input = child.stdin.take();
    let output = child.wait_with_output().expect("it ends");
    drop(input);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(3), &b"end\n"[..]));
}

#[test]
fn a_wrong_command_line_is_refused_with_micropythons_words() {
    for args in [&["-Z"][..], &["-c"], &["-X", "nonsense"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_berus")).args(args).output().expect("it runs");
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(output.stderr, b"Invalid command line arguments. Use -h option for help.\n");
    }
}
