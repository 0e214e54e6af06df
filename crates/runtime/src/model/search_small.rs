//! Searches for bytes in bytes by trying one place after another, where code is to be small.

use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::pieces::PIECE;
use crate::model::vm::Vm;

impl Vm {
    /// The index at which `needle` first occurs in `text`. The search may take time of the order of the product of both
    /// lengths, all of it counted.
    ///
    /// # Errors
    /// As [`Vm::work`](crate::model::events::Poll::work).
    pub fn find_bytes(&self, text: &[u8], needle: &[u8]) -> Res<Option<usize>> {
        let Some(last) = text.len().checked_sub(needle.len()) else { return Ok(None) };
        let mut at = 0;
        while !self.is_at(text, needle, at)? {
            if at == last {
                return Ok(None);
            }
            at += 1;
        }
        Ok(Some(at))
    }

    /// The index at which `needle` last occurs in `text`.
    ///
    /// # Errors
    /// As [`Vm::find_bytes`].
    pub fn find_last_bytes(&self, text: &[u8], needle: &[u8]) -> Res<Option<usize>> {
        let Some(mut at) = text.len().checked_sub(needle.len()) else { return Ok(None) };
        while !self.is_at(text, needle, at)? {
            if at == 0 {
                return Ok(None);
            }
            at -= 1;
        }
        Ok(Some(at))
    }

    /// Whether `needle` stands at `at` in `text`, compared in pieces.
    fn is_at(&self, text: &[u8], needle: &[u8], at: usize) -> Res<bool> {
        for (part, wanted) in text[at..].chunks(PIECE).zip(needle.chunks(PIECE)) {
            self.work(1 + wanted.len() / 64)?;
            if !part.starts_with(wanted) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
