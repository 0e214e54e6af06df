//! The state of tracing, by which a function watches a program run.

use core::cell::Cell;

use crate::heap::Collection;
use crate::model::layout::FrameObject;
use crate::model::object::Gc;
use crate::model::word::Obj;

/// The tracing of a thread.
#[derive(Default)]
pub(crate) struct Tracer {
    /// The function that is called when a frame is entered.
    pub(crate) function: Cell<Option<Obj>>,
    /// Whether a tracing function runs, which is not traced itself.
    pub(crate) is_calling: Cell<bool>,
    /// The innermost frame that has a frame object.
    pub(crate) noted: Cell<Option<Gc<FrameObject>>>,
}

impl Tracer {
    /// Whether the tracing function has to be told of events. Without the feature `tracing`, no program can have one.
    pub fn is_on(&self) -> bool {
        cfg!(feature = "tracing") && self.function.get().is_some() && !self.is_calling.get()
    }

    /// Exchanges this tracing for another thread's.
    #[cfg(any(feature = "steps", feature = "threads"))]
    pub fn swap(&self, other: &Tracer) {
        let Tracer { function, is_calling, noted } = self;
        function.swap(&other.function);
        is_calling.swap(&other.is_calling);
        noted.swap(&other.noted);
    }

    /// Keeps what the tracing refers to.
    pub fn keep(&self, collection: &mut Collection<'_>) {
        if let Some(function) = self.function.get() {
            collection.keep(function.bits());
        }
        if let Some(noted) = self.noted.get() {
            collection.keep(noted.obj().bits());
        }
    }
}
