//! The state for machine code in types and interpreters of a build without machine code: nothing.

use crate::heap::Collection;

/// The numbers of slots that C code knows: there is no C code.
pub(crate) type Indices = ();

/// The slots that C code reads: there is no C code.
pub(crate) struct Slots;

/// The state for machine code of an interpreter.
#[derive(Default)]
pub(crate) struct State(());

impl State {
    /// Keeps what the state refers to.
    pub(crate) fn keep(&self, _: &mut Collection<'_>) {}
}
