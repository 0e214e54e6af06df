//! The text being edited, and the cursor in it.

use alloc::vec::Vec;
use core::ops::Range;

use crate::output::append;
use crate::scan::line_start;
use crate::text::{first, is_word, width};

/// What an edit has changed, for the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The cursor at most.
    Moved,
    /// Text from an offset on.
    Text {
        from: usize,
        /// Whether there is less of it now.
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
    /// Inserts text at the cursor, if there is memory.
    pub fn insert(&mut self, text: &[u8]) -> Change {
        let (from, len) = (self.cursor, self.text.len());
        if !append(&mut self.text, text) {
            return Change::Moved;
        }
        self.cursor += text.len();
        self.text.copy_within(from..len, self.cursor);
        self.text[from..self.cursor].copy_from_slice(text);
        Change::Text { from, shrank: false, lines: text.contains(&b'\n') }
    }

    /// Removes text, and puts the cursor where it was.
    pub fn remove(&mut self, range: Range<usize>) -> Change {
        self.cursor = range.start;
        if range.is_empty() {
            return Change::Moved;
        }
        let change = Change::Text { from: range.start, shrank: true, lines: self.text[range.clone()].contains(&b'\n') };
        self.text.copy_within(range.end.., range.start);
        self.text.truncate(self.text.len() - range.len());
        change
    }

    /// Puts another text in the place of what can be edited, and the cursor behind it.
    pub fn replace(&mut self, text: &[u8]) -> Change {
        let (from, before) = (self.start, self.text.len());
        self.text.truncate(from);
        append(&mut self.text, text);
        self.cursor = self.text.len();
        Change::Text { from, shrank: self.cursor < before, lines: true }
    }

    /// The offset of the character before `at`, with what is drawn above that.
    pub fn left(&self, at: usize) -> usize {
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
        let mut at = self.cursor;
        let mut in_word = false;
        while at > self.start {
            let before = self.left(at);
            let is_part = is_word(first(&self.text[before..]).0);
            if in_word && !is_part {
                break;
            }
            in_word |= is_part;
            at = before;
        }
        at
    }

    /// Where the word at the cursor or behind it ends.
    pub fn word_right(&self) -> usize {
        let mut at = self.cursor;
        let mut in_word = false;
        while at < self.text.len() {
            let is_part = is_word(first(&self.text[at..]).0);
            if in_word && !is_part {
                break;
            }
            in_word |= is_part;
            at = self.right(at);
        }
        at
    }

    /// Where the cursor's line begins, or what of it can be edited.
    pub fn line_start(&self) -> usize {
        line_start(&self.text, self.cursor).max(self.start)
    }

    /// Where the cursor's line ends.
    pub fn line_end(&self) -> usize {
        line_end(&self.text, self.cursor)
    }

    /// How many characters Backspace takes: four blanks that indent a line at once, else one.
    pub fn backspace(&self) -> Range<usize> {
        let before = &self.text[self.line_start()..self.cursor];
        let indents = before.len() >= 4 && before.iter().all(|byte| *byte == b' ');
        let from = if indents { self.cursor - 4 } else { self.left(self.cursor) };
        from..self.cursor
    }
}

/// Where the line of `at` ends.
pub(crate) fn line_end(text: &[u8], at: usize) -> usize {
    text[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |len| at + len)
}

#[cfg(test)]
mod tests {
    use super::Buffer;

    fn at(text: &str, cursor: usize) -> Buffer {
        Buffer { text: text.as_bytes().to_vec(), start: 0, cursor }
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
