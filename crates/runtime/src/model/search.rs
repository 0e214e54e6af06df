//! Searches for bytes in bytes: by instructions that compare many at once, and counted as work.

use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::pieces::{NEAR, PIECE};
use crate::model::two_way::{self, Reading};
use crate::model::vm::Vm;

impl Vm {
    /// The index at which `needle` first occurs in `text`. The search takes time of the order of both lengths together.
    ///
    /// # Errors
    /// As [`Vm::work`].
    #[inline]
    pub fn find_bytes(&self, text: &[u8], needle: &[u8]) -> Res<Option<usize>> {
        if let [byte] = *needle {
            // A byte that is near is found before a call of the fast search gets going.
            let (near, far) = text.split_at(text.len().min(NEAR));
            return match near.iter().position(|&other| other == byte) {
                Some(at) => Ok(Some(at)),
                None if far.is_empty() => Ok(None),
                None => Ok(self.find_byte(far, byte)?.map(|at| near.len() + at)),
            };
        }
        if needle.len() > PIECE {
            return self.find_long(text, needle);
        }
        if !cfg!(feature = "small")
            && let Some((&first, rest)) = needle.split_first()
        {
            // So is a needle.
            let last = NEAR.min(text.len().saturating_sub(rest.len()));
            let near = |&at: &usize| text[at] == first && text[at + 1..].starts_with(rest);
            if let Some(at) = (0..last).find(near) {
                return Ok(Some(at));
            }
            if last < NEAR {
                return Ok(None);
            }
            return Ok(self.find_far(&text[last..], needle)?.map(|at| last + at));
        }
        self.find_far(text, needle)
    }

    /// As [`Vm::find_bytes`], for a needle that is no single byte.
    #[inline(never)]
    fn find_far(&self, text: &[u8], needle: &[u8]) -> Res<Option<usize>> {
        if text.len() <= PIECE {
            let found = memchr::memmem::find(text, needle);
            self.work_on_bytes(found.unwrap_or(text.len()) + needle.len())?;
            return Ok(found);
        }
        self.find_in_windows(text, needle)
    }

    fn find_byte(&self, text: &[u8], byte: u8) -> Res<Option<usize>> {
        let mut start = 0;
        for piece in text.chunks(16 * PIECE) {
            let found = memchr::memchr(byte, piece);
            self.work_on_bytes(found.unwrap_or(piece.len()))?;
            if let Some(at) = found {
                return Ok(Some(start + at));
            }
            start += piece.len();
        }
        Ok(None)
    }

    fn find_in_windows(&self, text: &[u8], needle: &[u8]) -> Res<Option<usize>> {
        let finder = memchr::memmem::Finder::new(needle);
        let mut start = 0;
        while start < text.len() {
            // An occurrence that begins in the window may end beyond it.
            let end = (start + PIECE + needle.len()).min(text.len());
            let found = finder.find(&text[start..end]);
            self.work_on_bytes(found.unwrap_or(PIECE) + needle.len())?;
            if let Some(at) = found {
                return Ok(Some(start + at));
            }
            start += PIECE;
        }
        Ok(None)
    }

    /// Nearly always, already the beginning of a long needle is found nowhere, or where the needle is.
    fn find_long(&self, text: &[u8], needle: &[u8]) -> Res<Option<usize>> {
        let Some(start) = self.find_bytes(text, &needle[..PIECE])? else { return Ok(None) };
        let text = Reading::forward(&text[start..]);
        Ok(two_way::find(self, text, Reading::forward(needle))?.map(|at| start + at))
    }

    /// The index at which `needle` last occurs in `text`.
    ///
    /// # Errors
    /// As [`Vm::work`].
    pub fn find_last_bytes(&self, text: &[u8], needle: &[u8]) -> Res<Option<usize>> {
        if needle.len() > PIECE {
            return self.find_last_long(text, needle);
        }
        let (finder, mut end) = (memchr::memmem::FinderRev::new(needle), text.len());
        loop {
            // An occurrence that ends in the window may begin before it.
            let start = end.saturating_sub(PIECE + needle.len());
            self.work_on_bytes(end - start)?;
            if let Some(at) = finder.rfind(&text[start..end]) {
                return Ok(Some(start + at));
            }
            if start == 0 {
                return Ok(None);
            }
            end -= PIECE;
        }
    }

    /// As [`Vm::find_long`], from the end.
    fn find_last_long(&self, text: &[u8], needle: &[u8]) -> Res<Option<usize>> {
        let ending = &needle[needle.len() - PIECE..];
        let Some(start) = self.find_last_bytes(text, ending)? else { return Ok(None) };
        let end = start + PIECE;
        let found = two_way::find(self, Reading::backward(&text[..end]), Reading::backward(needle))?;
        Ok(found.map(|at| end - at - needle.len()))
    }
}
