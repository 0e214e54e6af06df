//! A line on a terminal of which nothing is known: it is taken for wide enough.

use crate::buffer::{ARE_BYTES_CELLS, Change};
use crate::output::{Output, control_sequence};
use crate::text::{first, width};

/// What is on the screen of the line.
#[cfg_attr(test, derive(Clone))]
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// The offset in the text that the terminal's cursor is at.
    at: usize,
    /// Cells between the prompt and the terminal's cursor.
    column: usize,
    /// Cells between the prompt and the end of what is drawn.
    end: usize,
    /// Whether the terminal erases to the end of a line and moves its cursor by a count.
    pub escapes: bool,
}

impl Row {
    /// Nothing is drawn but the prompt, behind which text from `at` on belongs.
    pub fn restart(&mut self, at: usize) {
        (self.at, self.column, self.end) = (at, 0, 0);
    }

    /// Draws what has changed, and moves the terminal's cursor to `cursor`, where the text goes on from `start`.
    pub fn show(&mut self, text: &[u8], start: usize, cursor: usize, change: Change, out: &mut dyn Output) {
        let (from, shrank, draws) = match change {
            Change::Moved => (cursor, false, false),
            Change::Text { from, shrank, .. } => (from, shrank, true),
        };
        if from < self.at {
            self.back(columns(0, &text[start..from]), out);
        } else {
            self.draw(&text[self.at..from], out);
        }
        self.at = from;
        if !draws {
            return;
        }
        if shrank && self.escapes {
            out.write(b"\x1b[K");
        }
        self.draw(&text[from..], out);
        let end = self.column;
        if shrank && !self.escapes {
            for _ in end..self.end {
                self.draw(b" ", out);
            }
        }
        self.end = end;
        self.at = cursor;
        self.back(columns(0, &text[start..cursor]), out);
    }

    /// Draws text over what is there.
    fn draw(&mut self, text: &[u8], out: &mut dyn Output) {
        let mut rest = text;
        while !ARE_BYTES_CELLS && let Some(tab) = rest.iter().position(|byte| *byte == b'\t') {
            out.write(&rest[..tab]);
            self.column = columns(self.column, &rest[..tab]);
            let blanks = 8 - self.column % 8;
            out.write(&b"        "[..blanks]);
            self.column += blanks;
            rest = &rest[tab + 1..];
        }
        out.write(rest);
        self.column = columns(self.column, rest);
    }

    /// Moves the terminal's cursor back to `column`.
    fn back(&mut self, column: usize, out: &mut dyn Output) {
        let count = self.column.saturating_sub(column);
        if count > 4 && self.escapes {
            control_sequence(out, count, b'D');
        } else {
            for _ in 0..count {
                out.write(b"\x08");
            }
        }
        self.column -= count;
    }
}

/// The column behind `text`, which begins at `column`.
fn columns(column: usize, text: &[u8]) -> usize {
    if ARE_BYTES_CELLS {
        return column + text.len();
    }
    let (mut column, mut rest) = (column, text);
    while !rest.is_empty() {
        let (character, len) = first(rest);
        column += cells(character, column);
        rest = &rest[len..];
    }
    column
}

/// Cells that `character` takes at `column`.
pub(crate) fn cells(character: char, column: usize) -> usize {
    if character == '\t' { 8 - column % 8 } else { width(character) }
}
