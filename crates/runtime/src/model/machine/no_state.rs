//! What types and interpreters have for machine code, where there is none: nothing.

use crate::heap::Collection;

/// The numbers of slots that C code knows: there is no C code.
pub(crate) type Indices = ();

/// The slots that C code reads: there is no C code.
pub(crate) struct Slots;

/// What an interpreter keeps for machine code.
#[derive(Default)]
pub(crate) struct State(());

impl State {
    /// Keeps what the state refers to.
    pub(crate) fn keep(&self, _: &mut Collection<'_>) {}
}
