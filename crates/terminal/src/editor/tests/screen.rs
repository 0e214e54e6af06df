//! A terminal's screen, as far as the editor uses it.

use alloc::vec;
use alloc::vec::Vec;

use crate::output::Output;
use crate::text::{first, width};

/// What a cell shows: a character (a wide one in its first cell, `\0` in its second), and the parameters of its colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub character: char,
    pub style: Vec<u8>,
}

pub struct Screen {
    pub columns: usize,
    pub rows: Vec<Vec<Cell>>,
    /// All rows that have left the screen.
    pub row: usize,
    pub column: usize,
    /// Whether the row is full and the next character goes to the one below.
    is_behind: bool,
    style: Vec<u8>,
    height: usize,
    /// What has come of a sequence.
    begun: Vec<u8>,
}

impl Output for Screen {
    fn write(&mut self, bytes: &[u8]) {
        let bytes = [core::mem::take(&mut self.begun), bytes.to_vec()].concat();
        let mut rest = &bytes[..];
        while let [byte, after @ ..] = rest {
            match byte {
                b'\r' => (self.column, self.is_behind) = (0, false),
                b'\n' => self.down(),
                8 => {
                    self.is_behind = false;
                    self.column = self.column.saturating_sub(1);
                }
                0x1b => {
                    let Some(end) = after.iter().position(u8::is_ascii_alphabetic) else {
                        self.begun = rest.to_vec();
                        return;
                    };
                    self.sequence(&after[1..end], after[end]);
                    rest = &after[end + 1..];
                    continue;
                }
                _ => {
                    assert!(*byte >= 32, "{byte} is written");
                    let (character, len) = first(rest);
                    self.put(character);
                    rest = &rest[len..];
                    continue;
                }
            }
            rest = after;
        }
    }
}

impl Screen {
    pub fn new(columns: usize, height: usize) -> Screen {
        let blank = Cell { character: ' ', style: Vec::new() };
        let rows = vec![vec![blank; columns]; height];
        let (row, column, is_behind) = (0, 0, false);
        Screen { columns, rows, row, column, is_behind, style: Vec::new(), height, begun: Vec::new() }
    }

    /// Whether no sequence has begun.
    pub fn is_at_rest(&self) -> bool {
        self.begun.is_empty()
    }

    fn down(&mut self) {
        if self.row + 1 < self.height {
            self.row += 1;
        } else {
            self.rows.remove(0);
            self.rows.push(Screen::new(self.columns, 1).rows.remove(0));
        }
    }

    fn put(&mut self, character: char) {
        let count = width(character).min(self.columns);
        if count == 0 {
            return;
        }
        if self.is_behind || self.column + count > self.columns {
            (self.column, self.is_behind) = (0, false);
            self.down();
        }
        let style = self.style.clone();
        let row = &mut self.rows[self.row];
        // What is left of a wide character is blank.
        let (left, right) = (self.column, self.column + count);
        if row[left].character == '\0' {
            row[left - 1].character = ' ';
        }
        if row.get(right).is_some_and(|cell| cell.character == '\0') {
            row[right].character = ' ';
        }
        row[self.column] = Cell { character, style: style.clone() };
        if count == 2 {
            row[self.column + 1] = Cell { character: '\0', style };
        }
        self.column += count;
        if self.column == self.columns {
            (self.column, self.is_behind) = (self.columns - 1, true);
        }
    }

    fn sequence(&mut self, parameters: &[u8], last: u8) {
        let number = core::str::from_utf8(parameters).unwrap().parse::<usize>();
        let count = number.clone().unwrap_or(1);
        assert!(number != Ok(0), "nothing moves by none");
        match last {
            b'A' => self.row = self.row.saturating_sub(count),
            b'B' => self.row = (self.row + count).min(self.height - 1),
            b'C' => self.column = (self.column + count).min(self.columns - 1),
            b'D' => self.column = self.column.saturating_sub(count),
            b'H' => (self.row, self.column) = (0, 0),
            b'J' if parameters == b"2" => self.rows = Screen::new(self.columns, self.height).rows,
            b'K' | b'J' => {
                self.rows[self.row].truncate(self.column);
                let kept = if last == b'J' { self.row + 1 } else { self.height };
                self.rows.truncate(kept);
                let blank = Screen::new(self.columns, self.height);
                self.rows[self.row].extend_from_slice(&blank.rows[0][self.column..]);
                self.rows.extend_from_slice(&blank.rows[kept..]);
            }
            b'm' => self.style = parameters.to_vec(),
            b'h' | b'l' => assert_eq!(parameters, b"?2004"),
            _ => panic!("nobody needs {}", char::from(last)),
        }
        if last != b'm' {
            self.is_behind = false;
        }
    }
}
