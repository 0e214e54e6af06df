//! How programs wait for input.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

#[test]
fn who_waits_for_input_is_told_of_all_that_is_not_read() {
    let program = "
import select, sys
poll = select.poll()
poll.register(sys.stdin, select.POLLIN)
print(poll.poll(0))
sys.stdout.flush()
poll.poll()
print(repr(sys.stdin.readline()), len(poll.poll(0)), repr(sys.stdin.readline()), len(poll.poll(0)))
";
    let mut child = Command::new(env!("CARGO_BIN_EXE_berus"))
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let (mut input, output) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
    let mut output = BufReader::new(output);
    let mut text = String::new();
    output.read_line(&mut text).expect("it prints");
    assert_eq!(text, "[]\n");
    input.write_all(b"one\ntwo\n").expect("it reads");
    let mut text = String::new();
    output.read_to_string(&mut text).expect("it prints");
    // The pipe stays open until here, so that its end is nothing to be told of.
    drop(input);
    assert_eq!(text, "'one\\n' 1 'two\\n' 0\n");
    assert!(child.wait().expect("it ends").success());
}
