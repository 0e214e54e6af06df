//! The stream of bytes under the lexer: the source, and before it text that the lexer itself has put in.
//!
//! Line ends are made equal on the way: CR and CR LF read as LF, and a last line without an end gets one. A NUL
//! byte of the source reads as 1, so that [`EOF`] can be 0. A byte-order mark before the source is no part of it.
//!
//! Every byte that is gone past counts as work. When the quota ends the work, nothing is left to be read: whatever the
//! lexer is about ends as at the end of the source.

use alloc::vec::Vec;

use berus_mpy::memory::{Quota, Stop};

use crate::error::{CompileError, ErrorKind};

/// What is read past the end.
pub(super) const EOF: u8 = 0;

/// The most bytes of source that can be compiled, and also the most text that its templates may grow to. Within it the
/// indices of the parse tree cannot run out of bits.
pub(super) const MAX_SOURCE: usize = 1 << 26;

/// Bytes that are looked at before they are counted as work, and how many of them take as long as a step.
const PIECE: usize = 1 << 14;
const BYTES_PER_STEP: usize = 16;

/// U+FEFF in UTF-8, which editors put before text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(super) struct Input<'s> {
    source: &'s [u8],
    quota: &'s Quota<'s>,
    /// Where the next byte of the source is; `source.len()` is the line end that the last line lacks, if it lacks one.
    pos: usize,
    /// The position past the end.
    end: usize,
    /// Text to be read before the source goes on, last byte first.
    injected: Vec<u8>,
    /// Where in the source the text comes from.
    injected_for: u32,
    /// How much text has been put in so far.
    injected_total: usize,
    /// The line of the next byte, from 1. Line ends in injected text count, too.
    line: u32,
}

impl<'s> Input<'s> {
    /// # Errors
    /// `MemoryError` for a source of more than [`MAX_SOURCE`] bytes.
    pub(super) fn new(source: &'s [u8], quota: &'s Quota<'s>) -> Result<Input<'s>, CompileError> {
        if source.len() > MAX_SOURCE {
            return Err(CompileError::new(ErrorKind::Memory, "the source is too large"));
        }
        let open = source.last().is_some_and(|&b| b != b'\n' && b != b'\r');
        let end = source.len() + usize::from(open);
        let pos = if source.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Ok(Input { source, quota, pos, end, injected: Vec::new(), injected_for: 0, injected_total: 0, line: 1 })
    }

    /// Leaves nothing to be read, if the quota has ended the work.
    #[inline]
    fn go_on(&mut self, counted: Result<(), Stop>) {
        if counted.is_err() {
            self.injected.clear();
            self.pos = self.end;
        }
    }

    pub(super) fn line(&self) -> u32 {
        self.line
    }

    /// Where the next byte is in the source; for injected text, where that comes from.
    pub(super) fn offset(&self) -> u32 {
        if self.injected.is_empty() { self.pos.min(self.source.len()) as u32 } else { self.injected_for }
    }

    /// The next byte.
    #[inline]
    pub(super) fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    /// The byte after `n` others, none of which is a line end.
    #[inline]
    pub(super) fn peek_at(&self, n: usize) -> u8 {
        let left = self.injected.len();
        if n < left {
            return self.injected[left - 1 - n];
        }
        let i = self.pos + (n - left);
        match self.source.get(i) {
            Some(b'\r') => b'\n',
            Some(0) => 1,
            Some(&b) => b,
            None if i < self.end => b'\n',
            None => EOF,
        }
    }

    /// Goes past the next byte.
    #[inline]
    pub(super) fn bump(&mut self) {
        if self.peek() == b'\n' {
            self.line += 1;
        }
        if self.injected.pop().is_none() && self.pos < self.end {
            let crlf = self.source.get(self.pos..self.pos + 2) == Some(b"\r\n");
            self.pos += 1 + usize::from(crlf);
        }
        self.go_on(self.quota.step());
    }

    /// Goes past the next byte and returns it.
    #[inline]
    pub(super) fn next(&mut self) -> u8 {
        let b = self.peek();
        self.bump();
        b
    }

    /// Goes past bytes for which `wanted` holds and appends them to `text`. Line ends and NUL must not be among them.
    /// Ends early where injected text does.
    #[inline]
    pub(super) fn take_while(&mut self, text: &mut Vec<u8>, wanted: impl Fn(u8) -> bool) {
        if self.injected.is_empty() {
            let start = self.pos.min(self.source.len());
            self.skip_while(wanted);
            self.quota.append_or_stop(text, self.source.get(start..self.pos).unwrap_or(&[]));
        } else {
            while let Some(b) = self.injected.pop_if(|b| wanted(*b)) {
                self.quota.push_or_stop(text, b);
            }
        }
    }

    /// As [`Input::take_while`], but only counts the bytes.
    #[inline]
    pub(super) fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) -> usize {
        let mut count = 0;
        if self.injected.is_empty() {
            loop {
                let rest = self.source.get(self.pos..).unwrap_or(&[]);
                let piece = &rest[..rest.len().min(PIECE)];
                let found = piece.iter().position(|&b| !wanted(b));
                let len = found.unwrap_or(piece.len());
                self.pos += len;
                count += len;
                self.go_on(self.quota.steps(len / BYTES_PER_STEP));
                if found.is_some() || len == 0 {
                    break;
                }
            }
        } else {
            while self.injected.pop_if(|b| wanted(*b)).is_some() {
                count += 1;
            }
            self.go_on(self.quota.steps(count / BYTES_PER_STEP));
        }
        count
    }

    /// Gives back the memory of text that was put in.
    pub(super) fn retire(self, quota: &Quota<'_>) {
        quota.free(self.injected);
    }

    /// Puts `text`, made of the token at `offset`, before everything that is still to be read. It must end in a
    /// delimiter.
    ///
    /// # Errors
    /// `MemoryError` if all that has been put in comes to more than [`MAX_SOURCE`], or there is no room for it.
    pub(super) fn inject(&mut self, text: &[u8], offset: u32, quota: &Quota<'_>) -> Result<(), CompileError> {
        self.injected_total += text.len();
        if self.injected_total > MAX_SOURCE {
            return Err(CompileError::new(ErrorKind::Memory, "the source is too large").at_offset(offset));
        }
        self.injected_for = offset;
        quota.reserve(&mut self.injected, text.len() + 1)?;
        if self.peek() == EOF {
            // Here, too, the last line gets an end.
            self.injected.push(b'\n');
        }
        self.injected.extend(text.iter().rev());
        Ok(())
    }
}
