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

#[test]
fn characters_of_standard_input_are_read_whole() {
    let program = "
import sys
def attempt(read, n):
    try:
        return read(n)
    except UnicodeError as error:
        return type(error).__name__
n = int(sys.argv[1])
print([attempt(sys.stdin.read, n), attempt(sys.stdin.readline, n)])
";
    for (n, bytes, expected) in [
        ("1", "éa\n".as_bytes(), "['é', 'a']\n"),
        ("2", "€𝄞é\n".as_bytes(), "['€𝄞', 'é\\n']\n"),
        ("1", b"\xc3a\n", "['UnicodeError', '\\n']\n"),
        ("1", b"\xf0\x90", "['UnicodeError', '']\n"),
        ("3", b"\x80\xff\xc3abc", "['UnicodeError', 'bc']\n"),
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_berus"))
            .args(["-c", program, n])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        child.stdin.take().expect("a pipe").write_all(bytes).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{n} of {bytes:?}");
    }
}
