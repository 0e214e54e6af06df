//! In place of `watchers.rs` where there are no weak references.

use crate::heap::Collection;

/// The watchers of an interpreter, of which there are none.
#[derive(Default)]
pub(crate) struct Watchers;

impl Watchers {
    /// Keeps nothing.
    pub fn keep(&self, _: &mut Collection<'_>) {}

    /// Clears nothing.
    pub fn clear(&self, _: &Collection<'_>) {}
}
