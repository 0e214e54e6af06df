//! Blocks of lines on terminals whose size is known.

use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::super::{Editor, Event, Purpose, Terminal};
use super::screen::{Cell, Screen};
use crate::complete::NoCompletion;
use crate::output::Output;
use crate::text::{first, width};

struct Session {
    editor: Editor,
    screen: Screen,
    inputs: Vec<String>,
}

impl Session {
    fn new(columns: usize, rows: usize) -> Session {
        let mut session = Session { editor: Editor::new(20), screen: Screen::new(columns, rows), inputs: Vec::new() };
        let (columns, rows) = (columns as u16, rows as u16);
        session.editor.set_terminal(Terminal { escapes: true, colours: true, columns, rows });
        session.begin();
        session
    }

    fn begin(&mut self) {
        self.editor.begin(Purpose::Statement, b">>> ", b"... ", &mut self.screen);
    }

    fn type_in(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if let Some(event) = self.editor.feed(*byte, &mut NoCompletion, &mut self.screen) {
                let text = String::from_utf8(self.editor.text().to_vec()).unwrap();
                self.inputs.push(if event == Event::Input { text } else { alloc::format!("{event:?}") });
                self.begin();
            }
        }
    }

    /// What the rows show, without blanks at their ends.
    fn shown(&self) -> Vec<String> {
        let text = |row: &Vec<Cell>| row.iter().map(|cell| cell.character).filter(|c| *c != '\0').collect::<String>();
        let mut rows: Vec<String> = self.screen.rows.iter().map(|row| text(row).trim_end().into()).collect();
        while rows.last().is_some_and(String::is_empty) {
            rows.pop();
        }
        rows
    }

    /// Checks that the screen shows the text and the cursor, as much as fits.
    fn check(&self) {
        assert!(self.screen.is_at_rest(), "sequences are whole");
        let (rows, row, column) = self.expected();
        assert_eq!(self.screen.column, column.min(self.screen.columns - 1), "the cursor's column");
        let window_row = self.editor.window.as_ref().unwrap().cursor_row();
        let (top, first) = (row - window_row, self.screen.row - window_row);
        let count = (rows.len() - top).min(self.screen.rows.len());
        for n in 0..count.min(self.screen.rows.len() - first) {
            assert!(
                is_same(&self.screen.rows[first + n], &rows[top + n]),
                "row {n} from {top} of {rows:?}: {:?}",
                self.shown()
            );
        }
        assert!(window_row < count);
        for blank in self.screen.rows.iter().skip(first + count) {
            assert!(blank.iter().all(|cell| cell.character == ' '), "{:?}", self.shown());
        }
    }

    /// All rows of prompts and text, and the cursor's row and column.
    fn expected(&self) -> (Vec<Vec<char>>, usize, usize) {
        let (text, columns) = (self.editor.text(), self.screen.columns);
        let mut rows: Vec<Vec<char>> = alloc::vec![">>> ".chars().collect()];
        let mut cursor = (0, 0);
        let mut at = 0;
        loop {
            let next = text.get(at..).filter(|rest| !rest.is_empty()).map(first);
            let row = rows.last_mut().unwrap();
            let count = match next {
                Some(('\t', _)) => {
                    if row.len() == columns {
                        8
                    } else {
                        (8 - row.len() % 8).min(columns - row.len())
                    }
                }
                Some((character, _)) if character != '\n' => width(character),
                _ => 1,
            };
            if row.len() + count > columns && count > 0 {
                rows.push(Vec::new());
            }
            let last = rows.len() - 1;
            if at == self.editor.buffer.cursor {
                cursor = (last, rows[last].len());
            }
            let Some((character, len)) = next else { break };
            at += len;
            match character {
                '\n' => rows.push("... ".chars().collect()),
                '\t' => rows[last].extend(core::iter::repeat_n(' ', count)),
                _ if count == 0 => {}
                _ => {
                    rows[last].push(character);
                    rows[last].extend(core::iter::repeat_n('\0', count - 1));
                }
            }
        }
        (rows, cursor.0, cursor.1)
    }
}

fn is_same(row: &[Cell], expected: &[char]) -> bool {
    let blanks = core::iter::repeat(&' ');
    row.iter().map(|cell| &cell.character).eq(expected.iter().chain(blanks).take(row.len()))
}

#[test]
fn blocks_are_edited_whole() {
    let mut session = Session::new(40, 10);
    session.type_in(b"def f(x):\rreturn x\x1b[A\x01\x1b[C\x1b[C\x1b[C\x1b[Cg\x04");
    assert_eq!(session.shown(), [">>> def g(x):", "...     return x"]);
    session.check();
    session.type_in(b"\x1b[B\x05 + 1\r\r");
    assert_eq!(session.inputs, ["def g(x):\n    return x + 1\n    "]);
    // It is recalled as a block, with the cursor behind, and needs an empty line as before.
    session.type_in(b"\x1b[A;\r\r");
    assert_eq!(session.inputs[1], "def g(x):\n    return x + 1;\n    ");
}

#[test]
fn long_lines_take_several_rows() {
    let mut session = Session::new(20, 6);
    session.type_in(b"x = '0123456789012345678901234567890123456789'");
    assert_eq!(session.shown(), [">>> x = '01234567890", "12345678901234567890", "123456789'"]);
    session.type_in(b"\x01y");
    assert_eq!(session.shown(), [">>> yx = '0123456789", "01234567890123456789", "0123456789'"]);
    assert_eq!((session.screen.row, session.screen.column), (0, 5));
    session.check();
}

#[test]
fn what_is_recalled_may_take_fewer_cells_than_bytes() {
    let mut session = Session::new(20, 6);
    for (input, draft) in [("e\u{301}", "**"), ("abc", "\x1b[200~\t\x1b[201~")] {
        session.type_in(input.as_bytes());
        session.type_in(b"\r");
        session.type_in(draft.as_bytes());
        session.check();
        session.type_in(b"\x10");
        session.check();
        session.type_in(b"\x03");
    }
}

#[test]
fn pasted_text_is_one_input() {
    let mut session = Session::new(80, 10);
    session.type_in(b"\x1b[200~x = 1\r\n\r\nif x:\r\n\tprint(x)\r\n\x1b[201~");
    assert_eq!(session.inputs, [""; 0]);
    session.check();
    session.type_in(b"\r");
    assert_eq!(session.inputs, ["x = 1\n\nif x:\n\tprint(x)\n"]);
}

#[test]
fn a_large_paste_is_drawn_once() {
    let mut session = Session::new(80, 24);
    let line = b"value_of_something = [1, 2, 3]  # and a comment\r";
    let paste = [&b"\x1b[200~"[..], &line.repeat(10_000), b"\x1b[201~"].concat();
    session.type_in(&paste);
    session.check();
    let mut out = Vec::new();
    session.editor.feed(b'x', &mut NoCompletion, &mut out);
    assert!(out.len() < 40, "{}", String::from_utf8_lossy(&out));
    session.screen.write(&out);
    session.type_in(b"\x1b[A");
    session.check();
}

#[test]
fn what_is_above_the_screen_comes_into_sight() {
    let mut session = Session::new(40, 4);
    session.type_in(b"if 1:\ra\rb\rc\rd\re");
    assert_eq!(session.shown(), ["...     b", "...     c", "...     d", "...     e"]);
    session.type_in(b"\x1b[A\x1b[A\x1b[A\x1b[A");
    session.check();
    assert_eq!(session.shown(), ["...     a", "...     b", "...     c", "...     d"]);
}

#[cfg(feature = "unicode")]
#[test]
fn the_first_row_may_begin_elsewhere() {
    // The window begins with a row that two wide characters have to themselves, until a line begins before them.
    let mut session = Session::new(15, 2);
    session.type_in("def f(ab):漢字\r0123456789\x1b[A".as_bytes());
    session.check();
    session.type_in(b"\r");
    session.check();
}

#[cfg(feature = "colour")]
#[test]
fn words_have_colours_as_they_are_typed() {
    let mut session = Session::new(40, 4);
    let style = |session: &Session, column: usize| session.screen.rows[0][column].style.clone();
    session.type_in(b"de");
    assert_eq!(style(&session, 4), b"");
    session.type_in(b"f");
    assert_eq!((style(&session, 4), style(&session, 6)), (b"1;34".to_vec(), b"1;34".to_vec()));
    session.type_in(b"g");
    assert_eq!(style(&session, 4), b"");
    assert_eq!(style(&session, 0), b"1;35");
}

#[test]
fn narrow_terminals_get_a_line() {
    let mut session = Session::new(11, 4);
    assert!(!session.editor.has_block());
    session.type_in(b"ab\x02c\r");
    assert_eq!(session.inputs, ["acb"]);
}

/// What people type, and what they do not; the last are é, e with a mark, two wide characters, and one beyond 16 bits.
const KEYS: &[&[u8]] = &[
    b"\r",
    b"\r",
    b" ",
    b"    ",
    b"\t",
    b"\x7f",
    b"\x7f\x7f\x7f",
    b"\x01",
    b"\x05",
    b"\x02",
    b"\x06",
    b"\x0b",
    b"\x15",
    b"\x17",
    b"\x19",
    b"\x04",
    b"\x1b[A",
    b"\x1b[A\x1b[A",
    b"\x1b[B",
    b"\x1b[C",
    b"\x1b[D",
    b"\x1b[1;5D",
    b"\x1b[1;5C",
    b"\x1bd",
    b"\x1b\r",
    b"\x0c",
    b"\x1b[3~",
    b"(",
    b"]",
    b"'''",
    b"\"",
    b"# c",
    b"if x:",
    b"def f(a):",
    b"0123456789",
    b"\x10",
    b"\x0e",
    b"\x12",
    b"\x07",
    b"\x1b[200~a\tb\r\rdef\x1b[201~",
    b"\xc3\xa9",
    b"e\xcc\x81",
    b"\xe6\xbc\xa2\xe5\xad\x97",
    b"\xf0\x9f\x98\x80",
    b"\x03",
];

fn keys() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => proptest::sample::select(KEYS).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 1..4),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is typed, the screen shows the text, with the colours that drawing everything anew gives.
    #[test]
    fn the_screen_shows_the_text(keys in proptest::collection::vec(keys(), 0..60), columns in 12usize..60, rows in 2usize..12) {
        let mut session = Session::new(columns, rows);
        for key in keys {
            session.type_in(&key);
            #[cfg(feature = "search")]
            if session.editor.search.is_some() {
                continue;
            }
            session.check();
            session.check_colours();
        }
    }

    /// A terminal may have another size at any time.
    #[test]
    fn sizes_may_change(keys in proptest::collection::vec((keys(), 0u16..40, 0u16..9), 0..40)) {
        let mut session = Session::new(30, 8);
        for (key, columns, rows) in keys {
            session.type_in(&key);
            let (width, height) = (usize::from(columns).max(1), usize::from(rows).max(1));
            session.screen = Screen::new(width, height);
            session.editor.resize(u16::MAX, rows, &mut Vec::new());
            session.editor.resize(columns, rows, &mut session.screen);
            #[cfg(feature = "search")]
            if session.editor.search.is_some() {
                continue;
            }
            if session.editor.has_block() && width > 12 && height > 1 {
                session.check();
            }
        }
    }
}

impl Session {
    /// Checks that drawing everything anew gives the same cells.
    fn check_colours(&self) {
        let mut editor = self.editor.clone();
        let mut screen = Screen::new(self.screen.columns, self.screen.rows.len());
        let (columns, rows) = (screen.columns as u16, screen.rows.len() as u16);
        editor.resize(columns, rows + 1, &mut Vec::new());
        editor.resize(columns, rows, &mut screen);
        let (mut new, mut old) = (screen.row, self.screen.row);
        while new > 0 && old > 0 {
            (new, old) = (new - 1, old - 1);
        }
        let count = (screen.rows.len() - new.max(old)).min(self.expected().0.len());
        if new == old {
            assert_eq!(screen.rows[new..new + count], self.screen.rows[old..old + count]);
        }
    }
}
