//! The text being edited, and the cursor in it.

use alloc::vec::Vec;
use core::ops::Range;

use crate::output::append;
use crate::scan::line_start;
use crate::text::{IS_ASCII, first, is_word, width};

/// What an edit has changed, for the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The cursor at most.
    Moved,
    /// Text from an offset on.
    Text {
        from: usize,
        /// Whether there may be less of it on the screen now.
        shrank: bool,
        /// Whether a line's end came or went, so that lines below move.
        lines: bool,
    },
}

#[cfg_attr(test, derive(Clone))]
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    pub text: Vec<u8>,
    /// Where what can be edited begins: lines before it are done.
    pub start: usize,
    /// Offset of the cursor.
    pub cursor: usize,
}

impl Buffer {
    /// Inserts text at the cursor, if there is memory, and puts the cursor behind it.
    pub fn insert(&mut self, text: &[u8]) -> Change {
        self.splice(self.cursor..self.cursor, text)
    }

    /// Removes text, and puts the cursor where it was.
    pub fn remove(&mut self, range: Range<usize>) -> Change {
        self.splice(range, b"")
    }

    /// Puts another text in the place of what can be edited, and the cursor behind it.
    pub fn replace(&mut self, text: &[u8]) -> Change {
        self.splice(self.start..self.text.len(), text)
    }

    /// Puts another text in the place of a part, if there is memory, and the cursor behind it.
    fn splice(&mut self, range: Range<usize>, with: &[u8]) -> Change {
        let Range { start: from, end } = range;
        let (len, before) = (self.text.len(), &self.text[from..end]);
        let lines = cfg!(feature = "blocks") && (with.contains(&b'\n') || before.contains(&b'\n'));
        // More bytes may take fewer cells.
        let are_bytes_cells = before.is_empty() || is_cell_by_cell(before) && is_cell_by_cell(with);
        if !append(&mut self.text, with) {
            return Change::Moved;
        }
        // What is behind goes to its place, with a copy of `with`, which is cut off.
        self.cursor = from + with.len();
        self.text.copy_within(end..len, self.cursor);
        self.text.truncate(len + with.len() - (end - from));
        self.text[from..self.cursor].copy_from_slice(with);
        Change::Text { from, shrank: !are_bytes_cells || self.text.len() < len, lines }
    }

    /// The offset of the character before `at`, with what is drawn above that.
    pub fn left(&self, at: usize) -> usize {
        if IS_ASCII {
            return self.start.max(at.saturating_sub(1));
        }
        let mut at = at;
        while at > self.start {
            at -= 1;
            while at > self.start && self.text[at] & 0xc0 == 0x80 {
                at -= 1;
            }
            if !self.is_mark(at) {
                break;
            }
        }
        at
    }

    /// The offset behind the character at `at`, and what is drawn above that.
    pub fn right(&self, at: usize) -> usize {
        if IS_ASCII {
            return self.text.len().min(at + 1);
        }
        let mut at = at;
        while at < self.text.len() {
            at += first(&self.text[at..]).1;
            if at < self.text.len() && !self.is_mark(at) {
                break;
            }
        }
        at
    }

    /// Whether the character at `at` has no cell of its own.
    fn is_mark(&self, at: usize) -> bool {
        width(first(&self.text[at..]).0) == 0
    }

    /// Where the word before the cursor begins.
    pub fn word_left(&self) -> usize {
        self.beyond_word(self.start, |at| (self.left(at), self.left(at)))
    }

    /// Where the word at the cursor or behind it ends.
    pub fn word_right(&self) -> usize {
        self.beyond_word(self.text.len(), |at| (at, self.right(at)))
    }

    /// Where a word ends on the way from the cursor to `end`. A step says where the next character is, and where it leads.
    fn beyond_word(&self, end: usize, step: impl Fn(usize) -> (usize, usize)) -> usize {
        let mut at = self.cursor;
        let mut in_word = false;
        while at != end {
            let (character, next) = step(at);
            let is_part = is_word(first(&self.text[character..]).0);
            if in_word && !is_part {
                break;
            }
            in_word |= is_part;
            at = next;
        }
        at
    }

    /// Where the cursor's line begins, or what of it can be edited.
    pub fn line_start(&self) -> usize {
        if cfg!(feature = "blocks") { line_start(&self.text, self.cursor).max(self.start) } else { self.start }
    }

    /// Where the cursor's line ends.
    pub fn line_end(&self) -> usize {
        if cfg!(feature = "blocks") { line_end(&self.text, self.cursor) } else { self.text.len() }
    }

    /// How many characters Backspace takes: four blanks that indent a line at once, else one.
    pub fn backspace(&self) -> Range<usize> {
        let before = &self.text[self.line_start()..self.cursor];
        let indents = before.len() >= 4 && before.iter().all(|byte| *byte == b' ');
        let from = if indents { self.cursor - 4 } else { self.left(self.cursor) };
        from..self.cursor
    }
}

/// Whether each byte takes a cell, whatever the text is: there are no tabs but in what is pasted as a block.
pub(crate) const ARE_BYTES_CELLS: bool = IS_ASCII && !cfg!(feature = "blocks");

/// Whether each byte of `text` takes a cell.
fn is_cell_by_cell(text: &[u8]) -> bool {
    ARE_BYTES_CELLS || text.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Where the line of `at` ends.
pub(crate) fn line_end(text: &[u8], at: usize) -> usize {
    text[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |len| at + len)
}

#[cfg(test)]
mod tests {
    use super::{Buffer, line_start};

    fn at(text: &str, cursor: usize) -> Buffer {
        // Without blocks, the last line is what can be edited.
        let start = if cfg!(feature = "blocks") { 0 } else { line_start(text.as_bytes(), text.len()) };
        Buffer { text: text.as_bytes().to_vec(), start, cursor }
    }

    #[test]
    fn words_are_letters_and_digits() {
        assert_eq!([at("ab cd_1", 7).word_left(), at("ab  ", 4).word_left(), at("  ", 2).word_left()], [6, 0, 0]);
        assert_eq!([at("ab cd", 0).word_right(), at("  ab.", 0).word_right(), at("a ", 1).word_right()], [2, 4, 2]);
    }

    #[test]
    fn backspace_takes_an_indentation() {
        for (text, expected) in [("    ", 0), ("      ", 2), ("   ", 2), ("a    ", 4), ("a\n        ", 6), ("", 0)] {
            assert_eq!(at(text, text.len()).backspace().start, expected, "{text:?}");
        }
    }

    #[cfg(feature = "unicode")]
    #[test]
    fn marks_stay_with_their_characters() {
        let buffer = at("aé\u{301}\u{302}b", 0);
        assert_eq!((buffer.right(1), buffer.left(7)), (7, 1));
        assert_eq!((buffer.right(8), buffer.left(0)), (8, 0));
        let words = at("über 漢字", 0);
        assert_eq!((words.word_right(), at("über 漢字", 12).word_left()), (5, 6));
    }
}
