//! The prompt of a board, with a host at the other end.

use berus_terminal::{Completer, Interpreter, Output, Prompt, Request, Source};
use proptest::prelude::*;

const BANNER: &str = "Board\r\nHelp\r\n";

struct Board;

impl Completer for Board {
    fn complete(&mut self, input: &[u8], found: &mut dyn FnMut(&[u8])) -> usize {
        let typed = input.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
        for name in [&b"print"[..], b"property", b"\xff\x1b", b""] {
            found(name);
        }
        typed
    }
}

impl Interpreter for Board {
    fn banner(&mut self, out: &mut dyn Output) {
        out.write(BANNER.as_bytes());
    }
}

/// A board that runs a source by saying what it is: `[source]`, and raises what begins with `raise`.
struct Connection {
    prompt: Prompt,
    answer: Vec<u8>,
    requests: Vec<Request>,
}

impl Connection {
    fn new(most: usize) -> Connection {
        let mut connection = Connection { prompt: Prompt::new(8, most), answer: Vec::new(), requests: Vec::new() };
        connection.prompt.start(&mut Board, &mut connection.answer);
        connection
    }

    /// At the raw prompt, with windows of so many bytes.
    fn raw(most: usize, window: u16) -> Connection {
        let mut connection = Connection::new(most);
        connection.prompt.set_window(window);
        connection.send(b"\x01");
        connection
    }

    fn send(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if let Some(request) = self.prompt.feed(*byte, &mut Board, &mut self.answer) {
                self.requests.push(request);
                self.fulfil(request);
            }
        }
    }

    fn fulfil(&mut self, request: Request) {
        let (prompt, answer) = (&mut self.prompt, &mut self.answer);
        match request {
            Request::SoftReset => {
                answer.extend_from_slice(b"MPY: soft reboot\r\n");
                return prompt.start(&mut Board, answer);
            }
            Request::TooLong => {
                prompt.ended(answer);
                answer.extend_from_slice(b"MemoryError: \r\n");
            }
            Request::Run(_) if prompt.source() == b"exit" => {
                prompt.ended(answer);
                prompt.exited(answer);
                return self.fulfil(Request::SoftReset);
            }
            Request::Run(_) => {
                let source = prompt.source().to_vec();
                let raises = source.starts_with(b"raise");
                if !raises {
                    answer.extend_from_slice(&[b"[", &source[..], b"]\r\n"].concat());
                }
                prompt.ended(answer);
                if raises {
                    answer.extend_from_slice(b"Traceback\r\n");
                }
            }
        }
        prompt.finished(&mut Board, answer);
    }

    /// What has been answered since this was asked last.
    fn answer(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.answer)).into()
    }

    /// What `bytes` are answered with.
    fn ask(&mut self, bytes: &[u8]) -> String {
        self.answer();
        self.send(bytes);
        self.answer()
    }
}

#[test]
fn people_get_a_friendly_prompt() {
    let mut board = Connection::new(100);
    assert_eq!(board.answer(), format!("{BANNER}>>> "));
    assert_eq!(board.ask(b"1\r"), "1\r\n[1]\r\n>>> ");
    assert_eq!(
        board.ask(b"if 1:\r2\r\x7f\r"),
        "if 1:\r\n...     2\r\n...     \x08\x08\x08\x08\x1b[K\r\n[if 1:\n    2\n]\r\n>>> "
    );
    assert_eq!(board.ask(b"raise\r"), "raise\r\nTraceback\r\n>>> ");
    assert_eq!(board.ask(b"\r\n\r\n"), "\r\n>>> \r\n>>> ");
    assert_eq!(board.ask(b"12\x03\x02"), format!("12\r\n>>> \r\n{BANNER}>>> "));
    assert_eq!(board.ask(b"\x04"), format!("\r\nMPY: soft reboot\r\n{BANNER}>>> "));
    assert_eq!(board.ask(b"exit\r"), format!("exit\r\nMPY: soft reboot\r\n{BANNER}>>> "));
    assert_eq!(board.requests.iter().filter(|request| **request == Request::Run(Source::Statement)).count(), 4);
}

#[test]
fn lines_are_pasted() {
    let mut board = Connection::new(100);
    let begin = "\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== ";
    assert_eq!(board.ask(b"\x05a\r\n\r\n b\x04"), format!("{begin}a\r\n=== \r\n===  b\r\n[a\n\n b]\r\n>>> "));
    assert_eq!(board.requests, [Request::Run(Source::Pasted)]);
    assert_eq!(board.ask(b"\x05a\x03\x01"), format!("{begin}a\r\n>>> \r\nraw REPL; CTRL-B to exit\r\n>"));
}

#[test]
fn programs_get_a_raw_prompt() {
    let mut board = Connection::new(100);
    // As pyboard.py comes in and goes.
    assert!(board.ask(b"\r\x03\r\x01").ends_with("\r\nraw REPL; CTRL-B to exit\r\n>"));
    assert_eq!(board.ask(b"print('\xc3\xa9')\r\n\x04"), "OK[print('é')\r\n]\r\n\x04\x04>");
    assert_eq!(board.requests, [Request::Run(Source::Program)]);
    assert_eq!(board.ask(b"raise\x04"), "OK\x04Traceback\r\n\x04>");
    assert_eq!(board.ask(b"forgotten\x03kept\x04"), "OK[kept]\r\n\x04\x04>");
    assert_eq!(board.ask(b"forgotten\x01"), "raw REPL; CTRL-B to exit\r\n>");
    assert_eq!(board.ask(b"\x04"), "OK\r\nMPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>");
    assert_eq!(board.ask(b"exit\x04"), "OK\x04\x04MPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>");
    assert_eq!(board.ask(b"\r\x02"), format!("\r\n{BANNER}>>> "));
}

#[test]
fn raw_paste_has_flow_control() {
    let mut board = Connection::raw(1000, 4);
    assert_eq!(board.ask(b"\x05A\x01"), "R\x01\x04\0\x01");
    assert_eq!(board.ask(b"abc"), "");
    assert_eq!(board.ask(b"d"), "\x01");
    assert_eq!(board.ask(b"efgh\x01\x02"), "\x01");
    assert_eq!(board.ask(b"\x04"), "\x04[abcdefgh\x01\x02]\r\n\x04\x04>");
    assert_eq!(board.ask(b"\x05A\x01raise\x04"), "R\x01\x04\0\x01\x01\x04\x04Traceback\r\n\x04>");
    assert_eq!(board.ask(b"\x05A\x01abc\x03"), "R\x01\x04\0\x01\x04\x04KeyboardInterrupt: \r\n\x04>");
    assert_eq!(board.ask(b"\x05B\x01"), "R\0>");
    assert_eq!(board.ask(b"x\x04"), "OK[x]\r\n\x04\x04>");
}

#[test]
fn a_source_may_be_too_long() {
    let mut board = Connection::raw(5, 64);
    assert_eq!(board.ask(b"123456\x04"), "OK\x04MemoryError: \r\n\x04>");
    assert_eq!(board.ask(b"12345\x04"), "OK[12345]\r\n\x04\x04>");
    assert_eq!(board.ask(b"\x05A\x01123456"), "R\x01\x40\0\x01\x04");
    assert_eq!(board.ask(b"7\x01\x02\x04"), "\x04MemoryError: \r\n\x04>");
    board.send(b"\x02");
    assert!(board.ask(b"\x05123456\x04").ends_with("123456\r\nMemoryError: \r\n>>> "));
}

/// Bytes that mean something together.
const SEQUENCES: &[&[u8]] = &[b"\x05A\x01", b"\x1b[200~", b"\x1b[201~", b"exit", b"raise", b"if x:\r"];

/// Bytes that mean something, more often than others.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => proptest::sample::select(&b"\x01\x02\x03\x04\x05\r\n\t\x08\x12A['(: \x1b[~;2001AbfO\x19\x0b"[..]),
        1 => any::<u8>(),
    ];
    let known = proptest::sample::select(SEQUENCES);
    proptest::collection::vec(
        prop_oneof![8 => byte.prop_map(|byte| vec![byte]), 1 => known.prop_map(<[u8]>::to_vec)],
        0..200,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever has come before, Ctrl-C and Ctrl-B bring the friendly prompt.
    #[test]
    fn ctrl_c_ctrl_b_is_always_answered(bytes in bytes(), most in 0usize..100, size in proptest::option::of((0u16..90, 0u16..30))) {
        let mut board = Connection::new(most);
        if let Some((columns, rows)) = size {
            board.prompt.set_terminal(berus_terminal::Terminal { escapes: true, colours: true, columns, rows });
        }
        board.send(&bytes);
        let answer = board.ask(b"\x03\x02");
        prop_assert!(answer.contains(BANNER), "{answer:?}");
        prop_assert!(!board.prompt.is_raw());
    }

    /// A program comes through a raw prompt as it is, whatever has come before.
    #[test]
    fn hosts_always_come_in(before in bytes(), program in proptest::collection::vec(5u8.., 1..300), window in 1u16..300) {
        let mut board = Connection::new(1000);
        board.send(&before);
        board.prompt.set_window(window);
        board.send(b"\x03\r\x03\r\x01\x03");
        board.requests.clear();
        prop_assert!(board.prompt.is_raw());
        let answer = board.ask(&[b"\x05A\x01", &program[..], b"\x04"].concat());
        prop_assert_eq!(&board.requests, &[Request::Run(Source::Program)]);
        let windows = "\x01".repeat(program.len() / usize::from(window));
        prop_assert!(answer.starts_with("R\x01"));
        prop_assert!(answer.contains(&format!("\x01{windows}\x04")), "{:?}", answer);
    }
}
