//! A line on a terminal of which nothing is known.

use alloc::string::String;
use alloc::vec::Vec;

use super::super::{Editor, Event, Purpose, Terminal};
use crate::complete::{Completer, NoCompletion};

struct Words(&'static [&'static str]);

impl Completer for Words {
    fn complete(&mut self, input: &[u8], found: &mut dyn FnMut(&[u8])) -> usize {
        let typed = input.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let word = &input[input.len() - typed..];
        self.0.iter().filter(|name| name.as_bytes().starts_with(word)).for_each(|name| found(name.as_bytes()));
        typed
    }
}

/// What is on the screen, and the inputs, of a session in which `bytes` are typed; the prompts are `>` and `.`.
fn session(terminal: Terminal, bytes: &[u8], completer: &mut dyn Completer) -> (String, Vec<String>) {
    let (mut editor, mut screen, mut inputs) = (Editor::new(8), Vec::new(), Vec::new());
    editor.set_terminal(terminal);
    editor.begin(Purpose::Statement, b">", b".", &mut screen);
    for byte in bytes {
        if let Some(event) = editor.feed(*byte, completer, &mut screen) {
            let text = String::from_utf8(editor.text().to_vec()).unwrap();
            inputs.push(if event == Event::Input { text } else { alloc::format!("{event:?}") });
            editor.begin(Purpose::Statement, b">", b".", &mut screen);
        }
    }
    (String::from_utf8(screen).unwrap(), inputs)
}

fn screen(bytes: &[u8]) -> String {
    session(Terminal::default(), bytes, &mut NoCompletion).0
}

fn inputs(bytes: &[u8]) -> Vec<String> {
    session(Terminal::default(), bytes, &mut NoCompletion).1
}

#[test]
fn only_what_changes_is_drawn() {
    assert_eq!(screen(b"abc\x02\x02X"), ">abc\x08\x08Xbc\x08\x08");
    assert_eq!(screen(b"abcdef\x01\x05"), ">abcdef\x1b[6Dabcdef");
    assert_eq!(screen(b"ab\x7f"), ">ab\x08\x1b[K");
    assert_eq!(screen(b"abc\x02\x02\x0b"), ">abc\x08\x08\x1b[K");
    assert_eq!(screen(b"ab\x01\x04"), ">ab\x08\x08\x1b[Kb\x08");
    assert_eq!(screen(b"1\r2\r\x10\x10\x0e"), ">1\r\n>2\r\n>2\x081\x082");
}

#[test]
fn terminals_without_control_sequences_get_blanks() {
    let dumb = Terminal { escapes: false, ..Terminal::default() };
    let screen = |bytes: &[u8]| session(dumb, bytes, &mut NoCompletion).0;
    assert_eq!(screen(b"abcdef\x01\x04"), ">abcdef\x08\x08\x08\x08\x08\x08bcdef \x08\x08\x08\x08\x08\x08");
    assert_eq!(
        screen(b"abcdefg\r\x10\x15\x12"),
        ">abcdefg\r\n>abcdefg\x08\x08\x08\x08\x08\x08\x08       \x08\x08\x08\x08\x08\x08\x08"
    );
}

#[test]
fn words_and_lines_are_moved_over_and_cut() {
    assert_eq!(inputs(b"234\x1bb1\r"), ["1234"]);
    assert_eq!(inputs(b"1+    12 3\x01\x06\x06\x1bf+\r"), ["1+    12+ 3"]);
    assert_eq!(inputs(b"100 + 45623\x02\x02\x1b\x7f\r"), ["100 + 23"]);
    assert_eq!(inputs(b"100 + 256\x02\x02\x1bd3\r"), ["100 + 23"]);
    assert_eq!(inputs(b"one two\x17three\x19\r"), ["one threetwo"]);
    assert_eq!(inputs(b"one\x15two\x19\r"), ["twoone"]);
    assert_eq!(inputs(b"abc\x1b[D\x1b[3~\x1b[HX\x1b[FY\x1b[1;5DZ\r"), ["ZXabY"]);
}

#[test]
fn control_characters_mean_more_with_nothing_typed() {
    assert_eq!(inputs(b"\x01\x02\x05\x03\x04"), ["Control(65)", "Control(66)", "Control(69)", "Interrupt", "End"]);
    assert_eq!(inputs(b"a\x03b\x01\x02\x05\x04\r"), ["Interrupt", "b"]);
    assert_eq!(inputs(b"if 1:\r2\r\x15\x04"), ["if 1:\n    2\n"]);
}

#[test]
fn lines_are_indented() {
    assert_eq!(screen(b"if 1:\rx\r\r\r\r"), ">if 1:\r\n.    x\r\n.    \r\n.    \r\n.\r\n>");
    assert_eq!(inputs(b"if 1:\r  x\r y\r\r"), ["if 1:\n  x\n y\n"]);
    assert_eq!(inputs(b"if 1:\r\tx\r\r"), ["if 1:\n    x\n"]);
    assert_eq!(screen(b"if 1:\r  "), ">if 1:\r\n.    \x08\x08\x08 ");
    assert_eq!(inputs(b"'''if:\r x\r'''\r"), ["'''if:\n x\n'''"]);
}

#[test]
fn the_history_is_recalled_line_by_line() {
    assert_eq!(inputs(b"a\rb\rdraft\x1b[A\x1b[A\x1b[B\x1b[B\x1b[Bs\r"), ["a", "b", "drafts"]);
    assert_eq!(inputs(b"if 1:\r2\r\x08\r\x10\r"), ["if 1:\n    2\n", "    2"]);
}

#[test]
fn tab_completes() {
    let mut words = Words(&["print", "property", "pow", "über"]);
    let mut tab = |bytes: &[u8]| session(Terminal::default(), bytes, &mut words);
    assert_eq!(tab(b"x\t(pr\ti\t())\r").1, ["x(print())"]);
    assert_eq!(tab(b"p\t").0, ">p\r\nprint           property        pow\r\n>p");
    assert_eq!(tab(b"p)\x02\t").0, ">p)\x08\r\nprint           property        pow\r\n>p)\x08");
    assert_eq!(tab(b"1 \t2\r").1, ["1     2"]);
}

#[test]
fn a_line_for_input_ends_with_enter() {
    let (mut editor, mut screen) = (Editor::new(8), Vec::new());
    editor.begin(Purpose::Line, b"? ", b"", &mut screen);
    let events: Vec<_> =
        b"if (\r".iter().filter_map(|byte| editor.feed(*byte, &mut NoCompletion, &mut screen)).collect();
    assert_eq!((&events[..], editor.text()), (&[Event::Input][..], &b"if ("[..]));
    assert_eq!(editor.history().iter().count(), 0);
}

#[cfg(feature = "search")]
#[test]
fn the_history_is_searched() {
    assert_eq!(inputs(b"one\rtwo\rthree\r\x12o\r"), ["one", "two", "three", "two"]);
    assert_eq!(inputs(b"one\rtwo\rthree\r\x12o\x12\x12\r"), ["one", "two", "three", "one"]);
    assert_eq!(inputs(b"one\rkept\x12o\x07!\r"), ["one", "kept!"]);
    assert_eq!(inputs(b"one\rkept\x12o\x03"), ["one", "Interrupt"]);
    assert!(screen(b"one\r\x12oz").ends_with("\r\x1b[K(failed reverse-i-search)`oz': one"));
}

#[cfg(feature = "unicode")]
#[test]
fn wide_characters_are_moved_over() {
    assert_eq!(screen("a漢é\x02\x02b".as_bytes()), ">a漢é\x08\x08\x08b漢é\x08\x08\x08");
    // More bytes, fewer cells.
    assert_eq!(screen("e\u{301}\r**\x10".as_bytes()), ">e\u{301}\r\n>**\x08\x08\x1b[Ke\u{301}");
    assert_eq!(inputs("über\x01\x04ü\u{301}\x7fx\r".as_bytes()), ["xber"]);
}
