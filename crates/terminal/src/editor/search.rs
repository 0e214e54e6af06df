//! Search in the history, backwards.

use alloc::vec::Vec;

use crate::history::History;
use crate::output::append;

/// A search that is going on.
#[cfg_attr(test, derive(Clone))]
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// What is looked for.
    pattern: Vec<u8>,
    /// How far back the input is that was found.
    back: usize,
    has_failed: bool,
    /// What was typed before.
    pub before: Vec<u8>,
}

impl Search {
    /// Looks for nothing yet.
    pub fn new(before: &[u8]) -> Search {
        Search { before: before.to_vec(), ..Search::default() }
    }

    /// Looks for more, and answers what is found.
    pub fn extend<'a>(&mut self, text: &[u8], history: &'a History, has_lines: bool) -> Option<&'a [u8]> {
        append(&mut self.pattern, text);
        self.find(self.back.max(1), history, has_lines)
    }

    /// Looks for less.
    pub fn shorten<'a>(&mut self, history: &'a History, has_lines: bool) -> Option<&'a [u8]> {
        while self.pattern.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
        self.back = 0;
        self.find(1, history, has_lines)
    }

    /// Looks farther back.
    pub fn again<'a>(&mut self, history: &'a History, has_lines: bool) -> Option<&'a [u8]> {
        self.find(self.back + 1, history, has_lines)
    }

    fn find<'a>(&mut self, from: usize, history: &'a History, has_lines: bool) -> Option<&'a [u8]> {
        self.has_failed = false;
        if self.pattern.is_empty() {
            return None;
        }
        for (back, entry) in (1..).zip(history.iter().rev()).skip(from - 1) {
            let fits = has_lines || !entry.contains(&b'\n');
            if fits && entry.windows(self.pattern.len()).any(|part| part == self.pattern) {
                self.back = back;
                return Some(entry);
            }
        }
        self.has_failed = true;
        None
    }

    /// What stands in the prompt's place.
    pub fn prompt(&self) -> Vec<u8> {
        let failed: &[u8] = if self.has_failed { b"failed " } else { b"" };
        [b"(", failed, b"reverse-i-search)`", &self.pattern, b"': "].concat()
    }
}
