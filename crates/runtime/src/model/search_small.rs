//! Searches for bytes in bytes by one algorithm, where code is to be small.

use crate::model::error::Res;
use crate::model::two_way::{self, Reading};
use crate::model::vm::Vm;

impl Vm {
    /// The index at which `needle` first occurs in `text`. The search takes time of the order of both lengths together.
    ///
    /// # Errors
    /// As [`Vm::work`](crate::model::events::Poll::work).
    pub fn find_bytes(&self, text: &[u8], needle: &[u8]) -> Res<Option<usize>> {
        if needle.is_empty() {
            return Ok(Some(0));
        }
        two_way::find(self, Reading::forward(text), Reading::forward(needle))
    }

    /// The index at which `needle` last occurs in `text`.
    ///
    /// # Errors
    /// As [`Vm::find_bytes`].
    pub fn find_last_bytes(&self, text: &[u8], needle: &[u8]) -> Res<Option<usize>> {
        if needle.is_empty() {
            return Ok(Some(text.len()));
        }
        let found = two_way::find(self, Reading::backward(text), Reading::backward(needle))?;
        Ok(found.map(|at| text.len() - at - needle.len()))
    }
}
